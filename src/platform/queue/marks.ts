/**
 * Ends of jobs that had no effect of their own to be kept with: noted while the queue goes on, since losing such a note only means that the job runs
 * once more. Only so many are under way at a time.
 */
export class Marks {
  readonly #open = new Set<Promise<void>>();
  readonly #max: number;
  readonly #lost: (id: string) => void;

  /** @param lost is told of each job whose end could not be noted */
  constructor(max: number, lost: (id: string) => void) {
    this.#max = max;
    this.#lost = lost;
  }

  /** Resolves at once, or when there is room for one more. */
  async add(id: string, mark: Promise<unknown>): Promise<void> {
    const noted: Promise<void> = mark.then(
      () => void this.#open.delete(noted),
      () => {
        this.#open.delete(noted);
        this.#lost(id);
      },
    );
    this.#open.add(noted);
    if (this.#open.size >= this.#max) await Promise.race(this.#open);
  }

  /** Resolves when all that was begun is noted or lost. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }
}
