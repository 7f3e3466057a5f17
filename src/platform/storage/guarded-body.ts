import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * The body of an answer, cut when the store is silent while somebody waits for bytes, and refused when it ends too early.
 * While the reader is slow the clock stands still: then it is not the store that is late.
 */
export class GuardedBody extends Readable {
  readonly #source: IncomingMessage;
  readonly #silenceMs: number;
  readonly #length: number | null;
  #received = 0;
  #timer: NodeJS.Timeout | null = null;
  /** What readers are told when the store fails; by default the error as it came. */
  explain: (error: Error) => Error = (error) => error;

  /** @param length bytes promised by the answer's head; null = unknown */
  constructor(source: IncomingMessage, silenceMs: number, length: number | null) {
    super({ highWaterMark: 256 * 1024 });
    this.#source = source;
    this.#silenceMs = silenceMs;
    this.#length = length;
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.on('end', () => this.#end());
    source.on('error', (error) => this.destroy(this.explain(error)));
    source.pause();
  }

  override _read(): void {
    this.#source.resume();
    // one timer per pause, renewed by bytes: cheap for bodies that come at once
    this.#timer ??= setTimeout(() => this.#late(), this.#silenceMs);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#rest();
    this.#source.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.push(chunk)) this.#timer?.refresh();
    else {
      this.#rest();
      this.#source.pause();
    }
  }

  #end(): void {
    this.#rest();
    if (this.#length === null || this.#received === this.#length) this.push(null);
    else this.destroy(this.explain(cutOff(this.#received, this.#length)));
  }

  #late(): void {
    this.destroy(this.explain(new Error(`the store stopped in the middle of an object for ${this.#silenceMs} ms`)));
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** With the code of a broken connection, which the SDK tries again. */
function cutOff(received: number, expected: number): Error {
  return Object.assign(new Error(`the answer ended after ${received} of ${expected} bytes`), { code: 'ECONNRESET' });
}
