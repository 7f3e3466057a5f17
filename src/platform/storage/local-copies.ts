import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DamsonError, unavailable } from '../../errors.ts';
import { diskError } from './disk-files.ts';
import type { StoredBody } from './storage.ts';

/** What a process that died has left is removed after this. */
const STALE_MS = 24 * 3_600_000;

/** Private files for work that needs a path; each lives as long as its work. */
export class LocalCopies {
  readonly dir: string;
  #ready: Promise<void> | null = null;

  /** @param dir made when first needed; files in it that are a day old are removed then */
  constructor(dir: string) {
    this.dir = dir;
  }

  /** A name for a new file in the folder. */
  async path(): Promise<string> {
    this.#ready ??= prepare(this.dir);
    try {
      await this.#ready;
    } catch (error) {
      this.#ready = null;
      throw diskError(error);
    }
    return join(this.dir, randomUUID());
  }

  /**
   * Writes the whole object to `path`.
   * @throws storage_full, unavailable; nothing is left then
   */
  async save(body: StoredBody, path: string): Promise<void> {
    try {
      const file = createWriteStream(path, { flags: 'wx', mode: 0o640 });
      await pipeline(body.stream, file);
      if (file.bytesWritten !== body.bytes) throw unavailable({ detail: 'The storage sent another number of bytes than it announced.' });
    } catch (error) {
      body.stream.destroy();
      await rm(path, { force: true }).catch(() => undefined); // the first error is the one to tell
      throw error instanceof DamsonError ? error : diskError(error);
    }
  }

  /** Lends a private copy of the object to `work`. */
  async lend<T>(body: StoredBody, work: (path: string) => Promise<T>): Promise<T> {
    const path = await this.path();
    await this.save(body, path);
    return this.borrowed(path, work);
  }

  /** Runs `work` with a file of this folder, and removes it afterwards. */
  async borrowed<T>(path: string, work: (path: string) => Promise<T>): Promise<T> {
    try {
      return await work(path);
    } finally {
      await rm(path, { force: true }).catch(() => undefined); // a day later it is stale
    }
  }
}

async function prepare(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    const info = await stat(path).catch(() => null);
    if (info !== null && Date.now() - info.ctimeMs > STALE_MS) await rm(path, { force: true });
  }
}
