/** Bytes of hot derivatives in memory, bounded by their size: least recently used go first. Pure; imports nothing. */

export interface CachedBytes {
  readonly key: string;
  readonly data: Buffer;
  readonly mime: string;
  /** False once evicted: whoever still holds it must let go. */
  alive: boolean;
}

/** Refreshing the order at every hit would cost more than it gives: once a second per entry is enough. */
const TOUCH_MS = 1_000;

export class BytesCache {
  private readonly entries = new Map<string, CachedBytes & { touched: number }>();
  private readonly limit: number;
  private used = 0;

  /** @param limit most bytes kept; 0 keeps nothing */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** @param now ms */
  get(key: string, now: number): CachedBytes | null {
    const entry = this.entries.get(key);
    if (!entry) return null;
    if (now - entry.touched > TOUCH_MS) {
      entry.touched = now;
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    return entry;
  }

  /** Keeps bytes; one object may take at most an eighth of the room. Returns what to answer with, kept or not. */
  put(key: string, data: Buffer, mime: string, now: number): CachedBytes {
    const entry = { key, data, mime, alive: true, touched: now };
    this.drop(key);
    if (data.length > this.limit / 8) return { ...entry, alive: false };
    this.entries.set(key, entry);
    this.used += data.length;
    for (const oldest of this.entries.keys()) {
      if (this.used <= this.limit) break;
      this.drop(oldest);
    }
    return entry;
  }

  drop(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.alive = false;
    this.used -= entry.data.length;
    this.entries.delete(key);
  }

  get stats(): { objects: number; bytes: number } {
    return { objects: this.entries.size, bytes: this.used };
  }
}
