/** The last look-ups, each believed for a short while; bounded. What was read before a deletion is not stored after it. */
export class RecentCache<T> {
  readonly #max: number;
  readonly #believedMs: number;
  readonly #entries = new Map<string, { value: T; endsAt: number }>();
  /** Take it before reading, give it to `put`. */
  epoch = 0;

  constructor(max: number, believedMs: number) {
    this.#max = max;
    this.#believedMs = believedMs;
  }

  get(key: string, now: number): T | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.endsAt > now ? entry.value : undefined;
  }

  put(key: string, value: T, now: number, epoch: number): void {
    if (epoch !== this.epoch) return;
    this.#entries.delete(key);
    const oldest = this.#entries.size >= this.#max ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { value, endsAt: now + this.#believedMs });
  }

  deleteWhere(matches: (value: T) => boolean): void {
    this.epoch += 1;
    for (const [key, entry] of this.#entries) if (matches(entry.value)) this.#entries.delete(key);
  }
}
