import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { request } from 'undici';
import { DirectCalls, type DirectState, type Part, type Server } from './upload-direct-calls.ts';
import type { LocalFile } from './upload-files.ts';
import { ResumeFile } from './upload-resume.ts';
import { retried, TryAgain, type UploadJob } from './upload-sink.ts';

/** Parts on their way at once. */
const PARALLEL = 3;
/** Tries for a part before any has arrived: then perhaps none ever will, and the server is there. */
const FIRST_ATTEMPTS = 2;

/** Nothing arrives in the store: its address may be one that this machine does not reach. */
class NoWayToStore extends Error {}

/**
 * Sends a file in parts to the store behind a server, going on where an earlier call stopped.
 * @returns the asset; null = the server offers no such way, or it leads nowhere from here
 */
export async function sendToStore(server: Server, { file, metadata, resume, progress }: UploadJob): Promise<string | null> {
  const key = ResumeFile.key(['direct', server.origin, file.path, file.bytes, file.modifiedMs, file.folder, ...Object.values(metadata)]);
  const calls = new DirectCalls(server);
  const known = resume.get(key);
  const begun = (known === null ? null : await retried(() => calls.state(known, 1))) ?? (await retried(() => calls.open(file, metadata)));
  if (begun === null) return null;
  await resume.set(key, begun.id);
  // The server makes a hash of what the store has; this one is of what is here.
  const sha256 = sha256Of(file.path);
  sha256.catch(() => undefined); // told when it is waited for
  try {
    const parts = await new Sending(calls, file, progress).all(begun);
    const assetId = await calls.complete(begun.id, { parts, sha256: await sha256 }, file.bytes);
    await resume.remove(key);
    return assetId;
  } catch (error) {
    if (!(error instanceof NoWayToStore)) throw error;
    await calls.abort(begun.id);
    await resume.remove(key);
    return null;
  }
}

class Sending {
  readonly #calls: DirectCalls;
  readonly #file: LocalFile;
  readonly #progress: (bytes: number) => void;
  readonly #tags: { number: number; etag: string }[] = [];
  #bytes = 0;

  constructor(calls: DirectCalls, file: LocalFile, progress: (bytes: number) => void) {
    this.#calls = calls;
    this.#file = file;
    this.#progress = progress;
  }

  /** Every part with its tag, once the store has them all. */
  async all(first: DirectState): Promise<{ number: number; etag: string }[]> {
    this.#progress(0);
    let page: DirectState | null = first;
    while (page !== null) {
      const { id, next, partBytes }: DirectState = page;
      const waiting = [...page.parts];
      const worker = async () => {
        try {
          for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) await this.#one(id, partBytes, part);
        } finally {
          waiting.length = 0; // the others end with what they have on their way
        }
      };
      const ends = await Promise.allSettled(Array.from({ length: PARALLEL }, worker));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      page = next === null ? null : await this.#page(id, next);
    }
    return this.#tags.sort((a, b) => a.number - b.number);
  }

  async #one(id: string, partBytes: number, part: Part): Promise<void> {
    let current: Part | undefined = part;
    const etag = await retried(
      async () => {
        // After a failure: a new address, since the old one may have ended; and the part may have arrived after all.
        current ??= (await this.#page(id, part.number)).parts[0];
        const { url = '', etag = null } = current ?? {};
        current = undefined;
        return etag ?? (await putPart(url, this.#file.path, (part.number - 1) * partBytes, part.bytes));
      },
      this.#tags.length === 0 ? FIRST_ATTEMPTS : undefined,
    ).catch((error: unknown) => {
      throw error instanceof TryAgain && this.#tags.length === 0 ? new NoWayToStore(error.message, { cause: error }) : error;
    });
    this.#tags.push({ number: part.number, etag });
    this.#bytes += part.bytes;
    this.#progress(this.#bytes);
  }

  async #page(id: string, from: number): Promise<DirectState> {
    const state = await retried(() => this.#calls.state(id, from));
    if (state === null) throw new Error('the upload has expired; call again');
    return state;
  }
}

/** @returns the tag of the part. @throws TryAgain for whatever goes wrong: the address may have ended, the connection broken */
async function putPart(url: string, path: string, start: number, bytes: number): Promise<string> {
  const body = createReadStream(path, { start, end: start + bytes - 1 });
  try {
    const answer = await request(url, { method: 'PUT', headers: { 'content-length': String(bytes) }, body });
    const text = await answer.body.text();
    const etag = answer.headers['etag'];
    if (answer.statusCode === 200 && typeof etag === 'string') return etag;
    throw new TryAgain(`the store answered ${answer.statusCode} ${/<Code>(\w+)/.exec(text)?.[1] ?? ''}`.trim());
  } catch (error) {
    throw error instanceof TryAgain ? error : new TryAgain('the store does not answer', { cause: error });
  } finally {
    body.destroy();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
