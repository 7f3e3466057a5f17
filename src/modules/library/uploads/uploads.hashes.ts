import { createHash, type Hash } from 'node:crypto';
import { UPLOAD_LIFETIME_MS } from './uploads.row.ts';

/** A running hash is some hundred bytes outside of JavaScript's heap. */
const MAX_KEPT = 10_000;

/**
 * Hashes of objects that this process has received from their first byte on, by blob id. One that is not here, after a restart or
 * because it was too much to keep, costs reading the object again; a wrong one would be stored for good.
 */
export class RunningHashes {
  private readonly kept = new Map<string, { hash: Hash; offset: number; at: Date }>();

  /**
   * The hash to go on with at `offset`, null when there is none. It is no longer kept: bytes that are hashed and then not
   * stored must not be in it the next time.
   */
  take(blobId: string, offset: number): Hash | null {
    const found = this.kept.get(blobId);
    this.kept.delete(blobId);
    if (offset === 0) return createHash('sha256');
    return found?.offset === offset ? found.hash : null;
  }

  /** Says that the hash is that of the first `offset` bytes in storage. */
  keep(blobId: string, hash: Hash, offset: number, now: Date): void {
    this.kept.delete(blobId);
    this.kept.set(blobId, { hash, offset, at: now });
    // An upload that ran out was perhaps swept by another process; the oldest come first.
    for (const [oldest, { at }] of this.kept) {
      if (this.kept.size <= MAX_KEPT && now.getTime() - at.getTime() <= UPLOAD_LIFETIME_MS) break;
      this.kept.delete(oldest);
    }
  }

  /** The digest of an object of so many bytes, null when it was not hashed from start to end. */
  digest(blobId: string, bytes: number): string | null {
    const found = this.kept.get(blobId);
    this.kept.delete(blobId);
    return found?.offset === bytes ? found.hash.digest('hex') : null;
  }

  drop(blobId: string): void {
    this.kept.delete(blobId);
  }

  get size(): number {
    return this.kept.size;
  }
}
