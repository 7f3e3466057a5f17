import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { DamsonError, storageFull, unavailable } from '../../errors.ts';
import { nextChunk } from './body.ts';

/** Writing files so that what was acknowledged survives a power cut. */

const BATCH_BYTES = 1 << 20;
/** Keeps a drip of tiny chunks from piling up objects; below IOV_MAX (1024). */
const BATCH_CHUNKS = 512;
/** So much is brought to the disk at a time while more arrives: the sync that ends a large file then has little left to do. */
const SYNC_BYTES = 32 << 20;

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}

/** What a file system error means to callers: full, or an outage. Paths stay in the cause. */
export function diskError(error: unknown): unknown {
  if (error instanceof DamsonError) return error;
  if (hasCode(error, 'ENOSPC', 'EDQUOT'))
    return storageFull({ detail: 'The storage is full; nothing was lost. Free some space and try again.', cause: error });
  return unavailable({ detail: 'The storage cannot be reached just now.', cause: error, headers: { 'Retry-After': '5' } });
}

/**
 * Writes a stream from `offset` on, in large vectored writes, reading on while one is under way; nothing is copied.
 * A broken body ends the writing without throwing: what arrived is kept. The body is left open when writing fails,
 * so that an answer can still be sent on its connection.
 * @param syncing also syncs what has been written while more arrives; the end is the caller's to sync
 * @returns where writing ended, and what broke the body
 * @throws what the file system says
 */
export async function writeStream(
  file: FileHandle,
  offset: number,
  body: Readable,
  syncing = false,
): Promise<{ end: number; broken: unknown }> {
  const background = new BackgroundSync(file);
  let position = offset;
  let batch: Buffer[] = [];
  let batched = 0;
  let writing: Promise<void> = Promise.resolve();
  let broken: unknown = null;
  const flush = async (): Promise<void> => {
    await writing;
    if (syncing) background.written(position);
    const [buffers, at] = [batch, position];
    position += batched;
    batch = [];
    batched = 0;
    writing = writeAll(file, buffers, at);
    writing.catch(() => undefined); // awaited by the next flush
  };
  const source = body.iterator({ destroyOnReturn: false });
  while (true) {
    const next = await nextChunk(source);
    if (next === null) break;
    if (next instanceof Error) {
      broken = next;
      break;
    }
    batch.push(next);
    batched += next.length;
    if (batched >= BATCH_BYTES || batch.length >= BATCH_CHUNKS) await flush();
  }
  await flush();
  await writing;
  await background.settled();
  return { end: position, broken };
}

/** Syncs a growing file now and then, one sync at a time. */
class BackgroundSync {
  readonly #file: FileHandle;
  #from: number | null = null;
  #running: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Everything before `position` has been handed to the system. */
  written(position: number): void {
    this.#from ??= position;
    if (this.#busy || position - this.#from < SYNC_BYTES) return;
    this.#from = position;
    this.#busy = true;
    const sync = this.#running.then(() => this.#file.datasync());
    // After an error there is no next one: a second sync of the same pages would falsely succeed.
    sync.then(
      () => {
        this.#busy = false;
      },
      () => undefined,
    );
    this.#running = sync;
  }

  /** Throws what any of the syncs met: the system tells each failure only once. */
  settled(): Promise<void> {
    return this.#running;
  }
}

/** A short write is normal shortly before the disk is full; the next try then says so. */
async function writeAll(file: FileHandle, buffers: Buffer[], position: number): Promise<void> {
  let rest = buffers;
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, at);
    at += bytesWritten;
    rest = after(rest, bytesWritten);
  }
}

function after(buffers: Buffer[], written: number): Buffer[] {
  let skip = written;
  let index = 0;
  for (; index < buffers.length; index++) {
    const length = buffers[index]?.length ?? 0;
    if (length > skip) break;
    skip -= length;
  }
  const [first, ...others] = buffers.slice(index);
  return first === undefined ? [] : [first.subarray(skip), ...others];
}

/** Makes folders and folder entries durable; callers who wait for the same folder share one fsync. */
export class Folders {
  readonly #known = new Set<string>();
  readonly #syncs = new Map<string, { running: Promise<void>; next: Promise<void> | null }>();
  readonly #fsync: boolean;

  constructor(fsync: boolean) {
    this.#fsync = fsync;
  }

  /** Makes the folder with its parents, once. With `durable` false the folder itself, not its parents, may be gone after a power cut. */
  async ensure(path: string, durable = true): Promise<void> {
    if (this.#known.has(path)) return;
    const first = await mkdir(path, { recursive: true });
    if (!durable && (first === undefined || first === path)) return;
    // One that was there may have been made by a caller who did not wait for its entry.
    for (let made = path; made.length >= (first ?? path).length; made = dirname(made)) await this.sync(dirname(made));
    this.remember(path);
  }

  /** After a folder has gone: the next `ensure` looks again. */
  forget(path: string): void {
    this.#known.delete(path);
  }

  /** Entries made, renamed or removed in the folder before this call are on disk when it returns. */
  async sync(path: string): Promise<void> {
    if (!this.#fsync) return;
    const state = this.#syncs.get(path);
    if (state !== undefined) {
      // The running one may have begun before our change: wait for the one after it, together with others.
      state.next ??= state.running.catch(() => undefined).then(() => this.#start(path));
      return state.next;
    }
    return this.#start(path);
  }

  #start(path: string): Promise<void> {
    const running = syncFolder(path).finally(() => {
      if (this.#syncs.get(path)?.running === running && this.#syncs.get(path)?.next === null) this.#syncs.delete(path);
    });
    this.#syncs.set(path, { running, next: null });
    return running;
  }

  private remember(path: string): void {
    if (this.#known.size >= 10_000) this.#known.clear();
    this.#known.add(path);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
