import { randomUUID } from 'node:crypto';
import { access, type FileHandle, open, readdir, rename, rm, rmdir, stat, statfs, unlink, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { unavailable } from '../../errors.ts';
import { diskError, Folders, hasCode, writeStream } from './disk-files.ts';
import { isKey, isPrefix } from './keys.ts';
import {
  type Draft,
  draftGone,
  type Key,
  offsetConflict,
  type PutOptions,
  type Storage,
  type StoredBody,
  type StoredInfo,
} from './storage.ts';

/**
 * Objects as files: the key is the path below `dir`. A resumable write is `<key>.part`, a whole write goes through
 * `tmp/`; both become visible by rename, after fsync of the file and before fsync of the folder.
 */

export interface DiskOptions {
  /** Absolute path of the folder; made when missing. */
  readonly dir: string;
  /** Default true. Without it a power cut may lose what was acknowledged: for tests only. */
  readonly fsync?: boolean;
}

/** Its absence tells an unmounted or removed disk from a missing object. */
const MARKER = '.damson-storage';
const TEMPORARY = 'tmp';
const PART = '.part';
const STALE_MS = 24 * 3_600_000;
const READ_CHUNK = 256 * 1024;

/**
 * Opens the folder as a storage.
 * @throws unavailable when it cannot be made or written
 */
export async function createDiskStorage(options: DiskOptions): Promise<Storage> {
  const dir = resolve(options.dir);
  const folders = new Folders(options.fsync !== false);
  try {
    await folders.ensure(join(dir, TEMPORARY));
    const marker = await open(join(dir, MARKER), 'a');
    await marker.close();
    await folders.sync(dir);
    await removeStale(join(dir, TEMPORARY));
  } catch (error) {
    throw diskError(error);
  }
  return new DiskStorage(dir, folders, options.fsync !== false);
}

class DiskStorage implements Storage {
  readonly features = { presignedPut: false, presignedGet: false, conditionalPut: false, localFile: true };
  readonly #dir: string;
  readonly #folders: Folders;
  readonly #fsync: boolean;
  /** Drafts being appended to by this process; across processes the upload's lease keeps writers apart. */
  readonly #busy = new Set<string>();

  constructor(dir: string, folders: Folders, fsync: boolean) {
    this.#dir = dir;
    this.#folders = folders;
    this.#fsync = fsync;
  }

  async open(key: Key): Promise<Draft> {
    const path = this.#path(key);
    return this.#guard(async () => {
      const file = await this.#inFolder(path, () => open(part(path), 'a', 0o640));
      await file.close();
      await this.#folders.sync(dirname(path));
      return { key, state: {} };
    });
  }

  async append(draft: Draft, offset: number, body: Readable): Promise<number> {
    const path = part(this.#path(draft.key));
    if (this.#busy.has(path)) throw offsetConflict('Another request is writing to this upload.');
    this.#busy.add(path);
    try {
      return await this.#guard(async () => {
        const file = await this.#openDraft(path);
        try {
          const { size } = await file.stat();
          if (size !== offset) throw offsetConflict({ extra: { offset: size, given: offset } });
          return await this.#write(file, offset, body);
        } finally {
          await file.close();
        }
      });
    } finally {
      this.#busy.delete(path);
    }
  }

  async #write(file: FileHandle, offset: number, body: Readable): Promise<number> {
    try {
      const { end } = await writeStream(file, offset, body, this.#fsync);
      return end;
    } finally {
      // fdatasync also writes the new size, which is all that reading back needs
      if (this.#fsync) await file.datasync();
    }
  }

  async stat(draft: Draft): Promise<number> {
    const info = await this.#info(draft.key, part(this.#path(draft.key)));
    if (info === null) throw draftGone();
    return info.bytes;
  }

  async complete(draft: Draft): Promise<StoredInfo> {
    const path = this.#path(draft.key);
    if (this.#busy.has(part(path))) throw offsetConflict('Another request is writing to this upload.');
    return this.#guard(async () => {
      const file = await open(part(path), 'r+').catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return null;
        throw error;
      });
      if (file === null) {
        // A crash between rename and answer: the object is there, its folder entry may not be durable yet.
        const done = await this.#info(draft.key, path);
        if (done === null) throw draftGone();
        await this.#folders.sync(dirname(path));
        return done;
      }
      try {
        if (this.#fsync) await file.sync();
        const { size, mtime } = await file.stat();
        await rename(part(path), path);
        await this.#folders.sync(dirname(path));
        return { key: draft.key, bytes: size, modifiedAt: mtime };
      } finally {
        await file.close();
      }
    });
  }

  async abort(draft: Draft): Promise<void> {
    await this.#unlink(part(this.#path(draft.key)));
  }

  async put(key: Key, body: Readable | Buffer, { durable = true }: PutOptions = {}): Promise<StoredInfo> {
    const path = this.#path(key);
    // Also the proof that this is our disk and not the empty place it is mounted at.
    const temporary = join(this.#dir, TEMPORARY, randomUUID());
    return this.#guard(async () => {
      try {
        const bytes = await this.#writeWhole(temporary, body);
        const modifiedAt = new Date();
        await this.#inKnownFolder(path, () => rename(temporary, path), durable);
        if (durable) await this.#folders.sync(dirname(path));
        return { key, bytes, modifiedAt };
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
        throw error;
      }
    });
  }

  /** @returns how many bytes, on the disk: a file renamed before that could be empty after a power cut */
  async #writeWhole(path: string, body: Readable | Buffer): Promise<number> {
    const file = await open(path, 'wx', 0o640);
    try {
      let bytes: number;
      if (Buffer.isBuffer(body)) {
        await file.writeFile(body);
        bytes = body.length;
      } else {
        const { end, broken } = await writeStream(file, 0, body, this.#fsync);
        if (broken !== null) throw new BrokenBody(broken);
        bytes = end;
      }
      if (this.#fsync) await file.datasync();
      return bytes;
    } finally {
      await file.close();
    }
  }

  async read(key: Key, range?: { start: number; end: number }): Promise<StoredBody | null> {
    const path = this.#path(key);
    return this.#guard(async () => {
      const file = await open(path, 'r').catch((error: unknown) => this.#absent(error));
      if (file === null) return null;
      try {
        const info = await file.stat();
        const last = info.size - 1;
        const served = range === undefined ? { start: 0, end: last } : { start: range.start, end: Math.min(range.end, last) };
        const meta = { key, bytes: info.size, modifiedAt: info.mtime, range: served };
        if (served.end < served.start) {
          await file.close();
          return { ...meta, stream: Readable.from([]) };
        }
        return { ...meta, stream: file.createReadStream({ ...served, highWaterMark: READ_CHUNK }) };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async head(key: Key): Promise<StoredInfo | null> {
    return this.#info(key, this.#path(key));
  }

  async remove(keys: Key[]): Promise<void> {
    for (const key of keys) {
      const path = this.#path(key);
      await this.#unlink(path);
      // A blob's folder of derivatives goes with its last one; a full one refuses.
      if (key.split('/').length > 3) {
        await rmdir(dirname(path)).then(
          () => this.#folders.forget(dirname(path)),
          () => undefined,
        );
      }
    }
  }

  async *list(prefix: string): AsyncIterable<StoredInfo> {
    if (!isPrefix(prefix)) throw new Error(`unsafe prefix: ${prefix}`);
    yield* this.#walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
  }

  async *drafts(prefix: string): AsyncIterable<Draft & { modifiedAt: Date }> {
    if (!isPrefix(prefix)) throw new Error(`unsafe prefix: ${prefix}`);
    for await (const { key, modifiedAt } of this.#walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix, true)) {
      const whole = key.slice(0, -PART.length);
      if (isKey(whole)) yield { key: whole, state: {}, modifiedAt };
    }
  }

  async *#walk(folder: string, prefix: string, parts = false): AsyncIterable<StoredInfo> {
    const entries = await this.#guard(() =>
      readdir(join(this.#dir, folder), { withFileTypes: true }).catch((error: unknown) => this.#absent(error)),
    );
    for (const entry of entries ?? []) {
      const key = `${folder}${entry.name}`;
      if (folder === '' && (entry.name === TEMPORARY || entry.name === MARKER)) continue;
      if (entry.isDirectory()) {
        if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)) yield* this.#walk(`${key}/`, prefix, parts);
      } else if (entry.isFile() && key.startsWith(prefix) && key.endsWith(PART) === parts && isKey(key)) {
        const info = await this.#info(key, join(this.#dir, key));
        if (info !== null) yield info;
      }
    }
  }

  async withLocalFile<T>(key: Key, work: (path: string) => Promise<T>): Promise<T | null> {
    const info = await this.head(key);
    return info === null ? null : work(this.#path(key));
  }

  async describe(): Promise<{ engine: string; latencyMs: number; freeBytes: number | null }> {
    const begin = performance.now();
    return this.#guard(async () => {
      const now = new Date();
      await utimes(join(this.#dir, MARKER), now, now); // fails on a disk that is gone or has become read-only
      const { bavail, bsize } = await statfs(this.#dir);
      return { engine: 'disk', latencyMs: performance.now() - begin, freeBytes: bavail * bsize };
    });
  }

  async close(): Promise<void> {
    // files are open only while they are used
  }

  #path(key: Key): string {
    if (!isKey(key) || key.endsWith(PART) || key.startsWith(`${TEMPORARY}/`)) throw new Error(`unsafe key: ${key}`);
    return join(this.#dir, key);
  }

  async #openDraft(path: string): Promise<FileHandle> {
    const file = await open(path, 'r+').catch((error: unknown) => this.#absent(error));
    if (file === null) throw draftGone();
    return file;
  }

  async #info(key: Key, path: string): Promise<StoredInfo | null> {
    return this.#guard(async () => {
      const info = await stat(path).catch((error: unknown) => this.#absent(error));
      return info === null || !info.isFile() ? null : { key, bytes: info.size, modifiedAt: info.mtime };
    });
  }

  async #unlink(path: string): Promise<void> {
    await this.#guard(() => unlink(path).catch((error: unknown) => this.#absent(error)));
  }

  /** Runs `work` in the folder of `path`; throws when the disk is gone, rather than making folders in the place it was mounted at. */
  async #inFolder<T>(path: string, work: () => Promise<T>): Promise<T> {
    await access(join(this.#dir, MARKER));
    return this.#inKnownFolder(path, work, true);
  }

  /** As `#inFolder`, on a disk that is known to be there; once more when the folder went away in between. */
  async #inKnownFolder<T>(path: string, work: () => Promise<T>, durable: boolean): Promise<T> {
    await this.#folders.ensure(dirname(path), durable);
    try {
      return await work();
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      this.#folders.forget(dirname(path));
      await this.#folders.ensure(dirname(path), durable);
      return work();
    }
  }

  /** `null` for "no such file" while the storage itself is there; everything else is thrown. */
  async #absent(error: unknown): Promise<null> {
    if (!hasCode(error, 'ENOENT')) throw error;
    await access(join(this.#dir, MARKER)).catch((cause: unknown) => {
      throw unavailable({ detail: 'The storage cannot be reached just now.', cause });
    });
    return null;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof BrokenBody) throw error.cause;
      throw diskError(error);
    }
  }
}

/** Carries an error of the body past the mapping of file system errors. */
class BrokenBody extends Error {
  constructor(cause: unknown) {
    super('the body broke', { cause });
  }
}

function part(path: string): string {
  return `${path}${PART}`;
}

/** What a crash left in the folder for whole writes. */
async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (info !== null && Date.now() - info.mtimeMs > STALE_MS) await rm(path, { force: true });
  }
}
