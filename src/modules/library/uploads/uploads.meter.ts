import type { Hash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';

/** Chunks of a socket have 64 KiB: so many wait for the disk. */
const CHUNKS_AHEAD = 16;

/** Counts, hashes and cuts at the limit. Whatever breaks the source only ends the stream: what came before is kept. */
export class Meter extends Transform {
  bytes = 0;
  exceeded = false;
  private readonly limit: number;
  private readonly hash: Hash | null;

  constructor(limit: number, hash: Hash | null) {
    // As objects chunks are handed on one by one; a reader of bytes would get waiting chunks copied into one.
    super({ writableHighWaterMark: CHUNKS_AHEAD * 65_536, readableObjectMode: true, readableHighWaterMark: CHUNKS_AHEAD });
    this.limit = limit;
    this.hash = hash;
  }

  /**
   * Reads the source until its end, an error, the limit, or `stop`. The source itself stays open, so that an answer can still be sent
   * on its connection. Call the result when nothing more is wanted.
   */
  takeFrom(source: Readable, stop?: AbortSignal): () => void {
    let released = false;
    const finish = () => {
      release();
      if (!this.writableEnded) this.end();
    };
    const release = () => {
      if (released) return;
      released = true;
      source.unpipe(this);
      source.off('error', finish).off('close', finish);
      // A later error of the connection is nobody's any more, and must not end the process.
      source.once('error', () => undefined);
      stop?.removeEventListener('abort', finish);
      this.off('limit', finish);
    };
    source.once('error', finish).once('close', finish);
    this.once('limit', finish);
    if (stop?.aborted || source.destroyed) finish();
    else {
      stop?.addEventListener('abort', finish, { once: true });
      source.pipe(this);
    }
    return release;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null, data?: Buffer) => void): void {
    const room = this.limit - this.bytes;
    const part = chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk;
    this.bytes += part.length;
    this.hash?.update(part);
    if (part.length === 0) done();
    else done(null, part);
    if (chunk.length > room && !this.exceeded) {
      this.exceeded = true;
      this.emit('limit');
    }
  }
}
