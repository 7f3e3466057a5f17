import { createHash } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './disk-files.ts';
import { LocalCopies } from './local-copies.ts';
import type { Key, StoredBody } from './storage.ts';

/**
 * Whole objects as files named by the hash of their key, the least recently used removed first. A file is complete when it has its name:
 * written and synced under another, then renamed. Several processes may share the folder: each looks for files by name, and counts
 * again what is there before it removes any. The file's mtime is the object's, its atime is when it was last used.
 */

interface Entry {
  readonly bytes: number;
  /** ms; a fraction keeps those of one millisecond in order. */
  usedAt: number;
  /** When that was last written to the file. */
  touchedAt: number;
}

/** An atime this fresh is not worth a write. */
const TOUCH_MS = 60_000;
/** So much is freed at once, as a share of the limit. */
const SLACK = 0.05;
const FOLDERS = 256;

export class CacheFiles {
  readonly copies: LocalCopies;
  readonly #dir: string;
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #added = 0;
  #clock = 0;
  #trimming: Promise<void> | null = null;

  constructor(dir: string, limit: number) {
    this.#dir = join(dir, 'objects');
    this.#limit = limit;
    this.copies = new LocalCopies(join(dir, 'tmp'));
  }

  /** Makes the folders and counts what is there. */
  async start(): Promise<void> {
    const names = Array.from({ length: FOLDERS }, (_, index) => index.toString(16).padStart(2, '0'));
    await mkdir(this.#dir, { recursive: true });
    await Promise.all(names.map((name) => mkdir(join(this.#dir, name), { recursive: true })));
    await this.#makeRoom();
  }

  /** The object's file, opened; null when it is not here. */
  async open(key: Key): Promise<FileHandle | null> {
    const name = nameOf(key);
    const file = await open(this.#path(name), 'r').catch(absent);
    if (file === null) {
      this.#forget(name);
      return null;
    }
    try {
      await this.#use(name, file);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** A second name for the object's file, which stays when the first is removed; null when the object is not here. */
  async lend(key: Key): Promise<string | null> {
    const path = await this.copies.path();
    const file = await this.open(key);
    await file?.close();
    return file === null ? null : link(this.#path(nameOf(key)), path).then(() => path, absent);
  }

  /** Takes the whole object. It is durable before it is visible: after a power cut a file with a name is a whole one. */
  async take(body: StoredBody): Promise<void> {
    const name = nameOf(body.key);
    const path = await this.copies.path();
    await this.copies.save(body, path);
    try {
      const file = await open(path, 'r+');
      try {
        await file.utimes(new Date(), body.modifiedAt);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(path, this.#path(name));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    this.#remember(name, body.bytes, this.#now());
    this.#added += body.bytes;
    this.#trim();
  }

  async remove(key: Key): Promise<void> {
    const name = nameOf(key);
    this.#forget(name);
    await rm(this.#path(name), { force: true });
  }

  /** What is too much has been removed. */
  async settled(): Promise<void> {
    await this.#trimming;
  }

  async #use(name: string, file: FileHandle): Promise<void> {
    const known = this.#entries.get(name);
    const now = this.#now();
    if (known !== undefined && now - known.touchedAt < TOUCH_MS) {
      known.usedAt = now;
      return;
    }
    const { size, mtime } = await file.stat();
    await file.utimes(new Date(now), mtime);
    this.#remember(name, size, now);
  }

  #now(): number {
    this.#clock = Math.max(Date.now(), this.#clock + 0.001);
    return this.#clock;
  }

  #remember(name: string, bytes: number, at: number): void {
    this.#forget(name);
    this.#entries.set(name, { bytes, usedAt: at, touchedAt: at });
    this.#bytes += bytes;
  }

  #forget(name: string): void {
    this.#bytes -= this.#entries.get(name)?.bytes ?? 0;
    this.#entries.delete(name);
  }

  /**
   * Makes room beside the request that needs it, one run at a time. Others who share the folder have added to it as well: a twentieth
   * of the limit later all is counted anew.
   */
  #trim(): void {
    if (this.#bytes <= this.#limit && this.#added < this.#limit * SLACK) return;
    this.#trimming ??= this.#makeRoom()
      .catch(() => undefined) // what cannot be removed now is tried again with the next object
      .finally(() => {
        this.#trimming = null;
      });
  }

  async #makeRoom(): Promise<void> {
    await this.#count();
    if (this.#bytes <= this.#limit) return;
    const goal = this.#limit * (1 - SLACK);
    const oldest = [...this.#entries].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [name] of oldest) {
      if (this.#bytes <= goal) return;
      this.#forget(name);
      await rm(this.#path(name), { force: true });
    }
  }

  async #count(): Promise<void> {
    this.#added = 0;
    const began = this.#now();
    const found = new Set<string>();
    for (const folder of await readdir(this.#dir)) {
      const names = await readdir(join(this.#dir, folder));
      const looks = names.map(async (rest) => {
        const name = folder + rest;
        const info = await stat(this.#path(name)).catch(absent);
        if (info === null) return;
        found.add(name);
        // What was used here and not written to the file is younger than the file says.
        if (!this.#entries.has(name)) this.#remember(name, info.size, info.atimeMs);
      });
      await Promise.all(looks);
    }
    for (const [name, { usedAt }] of this.#entries) if (!found.has(name) && usedAt < began) this.#forget(name);
  }

  #path(name: string): string {
    return join(this.#dir, name.slice(0, 2), name.slice(2));
  }
}

function nameOf(key: Key): string {
  return createHash('sha256').update(key).digest('hex');
}

function absent(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null;
  throw error;
}
