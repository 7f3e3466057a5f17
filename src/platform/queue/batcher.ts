interface Waiting<I, O> {
  readonly item: I;
  resolve(answer: O): void;
  reject(error: unknown): void;
}

/**
 * Does the same work for many at once: the first item starts at once (or after `gatherMs`), and whatever comes while it is under way goes
 * together next. So nothing waits long when there is little to do, and little is done for each when there is much.
 */
export class Batcher<I, O> {
  readonly #max: number;
  readonly #work: (items: readonly I[]) => Promise<readonly O[]>;
  readonly #gatherMs: number;
  #waiting: Waiting<I, O>[] = [];
  #running = false;
  #full = (): void => undefined;

  /**
   * @param max items at a time
   * @param work one answer per item, in their order; its failure is everybody's
   * @param gatherMs how long items wait for company, until there are `max` of them; default 0: not at all
   */
  constructor(max: number, work: (items: readonly I[]) => Promise<readonly O[]>, gatherMs = 0) {
    this.#max = max;
    this.#work = work;
    this.#gatherMs = gatherMs;
  }

  add(item: I): Promise<O> {
    return new Promise<O>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#run();
      if (this.#waiting.length >= this.#max) this.#full();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      await this.#gathered();
      const batch = this.#waiting.splice(0, this.#max);
      try {
        const answers = await this.#work(batch.map(({ item }) => item));
        for (const [at, each] of batch.entries()) each.resolve(answers[at] as O);
      } catch (error) {
        for (const each of batch) each.reject(error);
      }
    }
    this.#running = false;
  }

  async #gathered(): Promise<void> {
    if (this.#gatherMs === 0 || this.#waiting.length >= this.#max) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#gatherMs);
      this.#full = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#full = () => undefined;
  }
}
