/** Bytes of matches kept per workspace, at 4 or 8 bytes a match. */
const MAX_BYTES = 8 * 1024 * 1024;

interface Entry {
  readonly changes: number;
  readonly packed: Buffer;
}

/**
 * What a text matched, kept while the columns do not change: further pages, other facets and other filters of the same words then cost
 * no SQL. Least recently used go first.
 */
export class MatchCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  async get(store: { readonly changes: number }, key: string, find: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#entries.get(key);
    if (known?.changes === store.changes) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.packed;
    }
    // Read before the query: what changes meanwhile makes the entry old at once.
    const { changes } = store;
    const packed = await find();
    this.#drop(key);
    this.#entries.set(key, { changes, packed });
    this.#bytes += packed.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#drop(oldest);
    }
    return packed;
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.packed.length;
  }
}
