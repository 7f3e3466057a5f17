import type { Hash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';

/** Chunks of a socket have 64 KiB: so many wait for the disk. */
const CHUNKS_AHEAD = 16;
/** So many bytes come between two questions to the gate. */
const GATE_BYTES = 64 * 2 ** 20;

/** Asked now and then whether so many bytes may come; throws when they may not. */
export type Gate = (bytes: number) => Promise<void>;

/** Counts, hashes and cuts at the limit or at what the gate refuses. Whatever breaks the source only ends the stream: what came before is kept. */
export class Meter extends Transform {
  bytes = 0;
  exceeded = false;
  /** What the gate threw. */
  refused: unknown = null;
  private readonly limit: number;
  private readonly hash: Hash | null;
  private readonly gate: Gate | null;
  private readonly gateBytes: number;
  private asked = 0;

  /** @param gateBytes how many bytes come between two questions to the gate */
  constructor(limit: number, hash: Hash | null, gate: Gate | null = null, gateBytes = GATE_BYTES) {
    // As objects chunks are handed on one by one; a reader of bytes would get waiting chunks copied into one.
    super({ writableHighWaterMark: CHUNKS_AHEAD * 65_536, readableObjectMode: true, readableHighWaterMark: CHUNKS_AHEAD });
    this.limit = limit;
    this.hash = hash;
    this.gate = gate;
    this.gateBytes = gateBytes;
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
    if (chunk.length > room && !this.exceeded) {
      this.exceeded = true;
      this.emit('limit');
    }
    const pass = () => (part.length === 0 ? done() : done(null, part));
    if (this.gate === null || this.refused !== null || this.bytes - this.asked < this.gateBytes) return pass();
    this.asked = this.bytes;
    this.gate(this.bytes).then(pass, (error: unknown) => {
      this.refused = error;
      this.emit('limit');
      pass();
    });
  }
}
