import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Log } from '../log.ts';
import { CacheFiles } from './cache-files.ts';
import type { Key, Storage, StoredBody } from './storage.ts';

/**
 * A storage with local copies of what is read most. Objects never change under their key, so a copy is as good as the object; one that
 * was removed elsewhere is asked for by nobody, since rows go first. A cache that fails is left aside: the storage is asked instead.
 */

export interface CacheOptions {
  /** Folder of the cache; several processes may share it. */
  readonly dir: string;
  /** Most it may hold. Processes that share the folder may pass it by a twentieth each. */
  readonly bytes: number;
  readonly log: Log;
}

/** The largest share of the cache that one object may take. */
const SHARE = 1 / 8;
/** Up to this, whoever asks first waits for the whole object; larger ones are copied at the second request, beside the answer. */
const SMALL = 4 * 2 ** 20;
const REMEMBERED = 10_000;
const READ_CHUNK = 256 * 1024;
const LOG_EVERY_MS = 60_000;

/** Puts a cache around a storage whose reads are far away. The storage is closed with it. */
export async function createCachedStorage<S extends Storage>(
  storage: S,
  { dir, bytes, log }: CacheOptions,
): Promise<Storage & { readonly inner: S }> {
  const files = new CacheFiles(dir, bytes);
  const cache = new Cache(storage, files, bytes, log);
  await cache.attempt(() => files.start());
  const { presignedGet, direct } = storage;
  return {
    inner: storage,
    get features() {
      return storage.features;
    },
    open: (key) => storage.open(key),
    append: (draft, offset, body) => storage.append(draft, offset, body),
    stat: (draft) => storage.stat(draft),
    complete: (draft) => storage.complete(draft),
    abort: (draft) => storage.abort(draft),
    head: (key) => storage.head(key),
    list: (prefix) => storage.list(prefix),
    drafts: (prefix) => storage.drafts(prefix),
    describe: () => storage.describe(),
    ...(direct === undefined ? {} : { direct }),
    ...(presignedGet === undefined ? {} : { presignedGet: presignedGet.bind(storage) }),
    put: async (key, body, options) => {
      const info = await storage.put(key, body, options);
      await cache.drop([key]);
      return info;
    },
    remove: async (keys) => {
      await storage.remove(keys);
      await cache.drop(keys);
    },
    read: (key, range) => cache.read(key, range),
    withLocalFile: (key, work) => cache.withLocalFile(key, work),
    close: async () => {
      await cache.settled();
      await storage.close();
    },
  };
}

class Cache {
  readonly #storage: Storage;
  readonly #files: CacheFiles;
  readonly #largest: number;
  readonly #log: Log;
  readonly #filling = new Map<Key, Promise<unknown>>();
  /** Removed while a copy of them was being made. */
  readonly #dropped = new Set<Key>();
  /** Large objects that were asked for once. */
  readonly #once = new Set<Key>();
  #toldAt = 0;

  constructor(storage: Storage, files: CacheFiles, bytes: number, log: Log) {
    this.#storage = storage;
    this.#files = files;
    this.#largest = bytes * SHARE;
    this.#log = log;
  }

  async read(key: Key, range?: { start: number; end: number }): Promise<StoredBody | null> {
    const local = await this.#local(key, range);
    if (local !== null) return local;
    if (range !== undefined && !this.#filling.has(key)) return this.#copyLater(await this.#storage.read(key, range));
    const found = await this.#obtain(key, SMALL);
    if (found !== 'copied') return this.#copyLater(found);
    // Should the copy have failed, the object is still where it came from.
    return (await this.#local(key, range)) ?? this.#storage.read(key, range);
  }

  async withLocalFile<T>(key: Key, work: (path: string) => Promise<T>): Promise<T | null> {
    const { copies } = this.#files;
    const lend = () => this.attempt(() => this.#files.lend(key));
    const path = await lend();
    if (path !== null) return copies.borrowed(path, work);
    const found = await this.#obtain(key, this.#largest);
    if (found !== 'copied') return found && copies.lend(found, work);
    const copy = await lend();
    return copy === null ? this.#storage.withLocalFile(key, work) : copies.borrowed(copy, work);
  }

  async drop(keys: readonly Key[]): Promise<void> {
    for (const key of keys) {
      if (this.#filling.has(key)) this.#dropped.add(key);
      await this.attempt(() => this.#files.remove(key));
    }
  }

  /** Runs work on the cache; null when it failed, which is told to the log alone. */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.#tell(error);
      return null;
    }
  }

  #tell(error: unknown): void {
    if (Date.now() - this.#toldAt < LOG_EVERY_MS) return;
    this.#toldAt = Date.now();
    this.#log.warn({ err: error }, 'the local cache of the storage failed');
  }

  async settled(): Promise<void> {
    await Promise.all(this.#filling.values());
    await this.attempt(() => this.#files.settled());
  }

  async #local(key: Key, range?: { start: number; end: number }): Promise<StoredBody | null> {
    const file = await this.attempt(() => this.#files.open(key));
    return file && this.attempt(() => bodyOf(key, file, range));
  }

  /**
   * Makes a copy of an object of at most `upTo` bytes; of a larger one, gives the body. Who comes while a copy is being made waits for it.
   * 'copied' means that it is worth looking, not that it is there.
   */
  async #obtain(key: Key, upTo: number): Promise<StoredBody | null | 'copied'> {
    const running = this.#filling.get(key);
    if (running !== undefined) {
      await running;
      return 'copied';
    }
    const filling = this.#copy(key, Math.min(upTo, this.#largest)).finally(() => {
      this.#filling.delete(key);
      this.#dropped.delete(key);
    });
    this.#filling.set(
      key,
      filling.catch(() => undefined),
    );
    return filling;
  }

  async #copy(key: Key, upTo: number): Promise<StoredBody | null | 'copied'> {
    const body = await this.#storage.read(key);
    if (body === null || body.bytes > upTo) return body;
    await this.attempt(() => this.#files.take(body));
    if (this.#dropped.has(key)) await this.attempt(() => this.#files.remove(key));
    return 'copied';
  }

  /** Has a copy made beside the answer: at once of a small object that only a part was asked of, at the second request of a large one. */
  #copyLater(body: StoredBody | null): StoredBody | null {
    if (body === null || body.bytes > this.#largest || this.#filling.has(body.key)) return body;
    if (body.bytes <= SMALL || this.#asked(body.key)) {
      this.#obtain(body.key, this.#largest).catch((error: unknown) => this.#tell(error)); // nobody waits for it
    }
    return body;
  }

  /** Whether it was asked for before: what is read once is not worth a copy. */
  #asked(key: Key): boolean {
    if (this.#once.delete(key)) return true;
    if (this.#once.size >= REMEMBERED) this.#once.clear();
    this.#once.add(key);
    return false;
  }
}

async function bodyOf(key: Key, file: FileHandle, range?: { start: number; end: number }): Promise<StoredBody> {
  try {
    const { size, mtime } = await file.stat();
    const last = size - 1;
    const served = range === undefined ? { start: 0, end: last } : { start: range.start, end: Math.min(range.end, last) };
    const meta = { key, bytes: size, modifiedAt: mtime, range: served };
    if (served.end >= served.start) return { ...meta, stream: file.createReadStream({ ...served, highWaterMark: READ_CHUNK }) };
    await file.close();
    return { ...meta, stream: Readable.from([]) };
  } catch (error) {
    await file.close();
    throw error;
  }
}
