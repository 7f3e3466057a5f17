import { keys } from './keys.ts';
import type { S3Calls } from './s3-calls.ts';
import { partSize, type S3Multipart } from './s3-multipart.ts';
import { metadataOf, type Standing } from './s3-side.ts';
import { draftGone, type Key } from './storage.ts';

/** Above this a part is sent before the next is collected, so that at most one large buffer is held. */
const OVERLAP = 16 * 2 ** 20;

/** Collects bytes into parts and sends them; one part is on its way while the next, if small, is collected. */
export class PartWriter {
  readonly #calls: S3Calls;
  readonly #multipart: S3Multipart;
  readonly #key: Key;
  readonly #before: Buffer;
  #upload: string | null;
  #parts: number;
  /** Where the collected bytes begin. */
  #base: number;
  #chunks: Buffer[];
  #collected: number;
  #changed = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(calls: S3Calls, multipart: S3Multipart, key: Key, at: Standing, tail: Buffer) {
    this.#calls = calls;
    this.#multipart = multipart;
    this.#key = key;
    this.#before = tail;
    this.#upload = at.upload;
    this.#parts = at.parts;
    this.#base = at.base;
    this.#chunks = tail.length === 0 ? [] : [tail];
    this.#collected = tail.length;
  }

  async add(chunk: Buffer): Promise<void> {
    this.#changed ||= chunk.length > 0;
    let rest = chunk;
    while (rest.length > 0) {
      const room = partSize(this.#base) - this.#collected;
      const taken = rest.subarray(0, room);
      this.#chunks.push(taken);
      this.#collected += taken.length;
      rest = rest.subarray(taken.length);
      if (taken.length === room) await this.#send();
    }
  }

  /** Everything taken is durable when it returns the offset. */
  async finish(): Promise<number> {
    await this.#sending;
    if (this.#changed) await this.#keep(Buffer.concat(this.#chunks));
    return this.#base + this.#collected;
  }

  async #send(): Promise<void> {
    const [upload, number, body] = [this.#upload ?? (await this.#start()), this.#parts + 1, Buffer.concat(this.#chunks)];
    this.#chunks = [];
    this.#collected = 0;
    this.#base += body.length;
    this.#parts = number;
    // In order: were a later part there without an earlier one, the draft could not go on.
    await this.#sending;
    this.#sending = this.#multipart.upload(this.#key, upload, number, body).then((part) => {
      if (part === null) throw draftGone();
    });
    this.#sending.catch(() => undefined); // told by the next wait
    if (body.length > OVERLAP) await this.#sending;
  }

  /** The upload's id is kept before the first part, so that no part is ever without a draft that knows it. */
  async #start(): Promise<string> {
    const upload = await this.#multipart.create(this.#key);
    const metadata = metadataOf({ upload, parts: 0, base: 0 });
    await this.#calls.put(keys.draft(this.#key), this.#before, { metadata });
    this.#upload = upload;
    return upload;
  }

  async #keep(tail: Buffer): Promise<void> {
    const metadata = metadataOf({ upload: this.#upload, parts: this.#parts, base: this.#base });
    await this.#calls.put(keys.draft(this.#key), tail, { metadata });
  }
}
