import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Env } from '../../config/env.ts';

/** A server keeps an unfinished upload for 7 days. */
const KEPT_MS = 7 * 86_400_000;

type Entries = Record<string, { upload: string; at: number }>;

/** Which uploads were begun and not finished, in the user's cache folder; losing it only costs sending the bytes again. */
export class ResumeFile {
  readonly #path: string;
  #entries: Entries;

  private constructor(path: string, entries: Entries) {
    this.#path = path;
    this.#entries = entries;
  }

  static async open(env: Env): Promise<ResumeFile> {
    const path = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'damson', 'uploads.json');
    const text = await readFile(path, 'utf8').catch(() => '{}');
    return new ResumeFile(path, parse(text));
  }

  /** The same file to the same place: any change of either begins anew. */
  static key(parts: readonly (string | number)[]): string {
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  }

  get(key: string): string | null {
    return this.#entries[key]?.upload ?? null;
  }

  async set(key: string, upload: string): Promise<void> {
    this.#entries = { ...this.#entries, [key]: { upload, at: Date.now() } };
    await this.#save();
  }

  async remove(key: string): Promise<void> {
    if (!(key in this.#entries)) return;
    const { [key]: _gone, ...rest } = this.#entries;
    this.#entries = rest;
    await this.#save();
  }

  async #save(): Promise<void> {
    const temporary = `${this.#path}.${process.pid}`;
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeFile(temporary, JSON.stringify(this.#entries), { mode: 0o600 });
      await rename(temporary, this.#path);
    } catch {
      // A cache that cannot be written is no reason not to upload.
    }
  }
}

function parse(text: string): Entries {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Entries[string]] => isFresh(entry[1])));
  } catch {
    return {};
  }
}

function isFresh(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('upload' in value) || !('at' in value)) return false;
  return typeof value.upload === 'string' && typeof value.at === 'number' && Date.now() - value.at < KEPT_MS;
}
