interface Waiting<I, O> {
  readonly item: I;
  resolve(answer: O): void;
  reject(error: unknown): void;
}

/**
 * Does the same work for many at once: the first item starts at once, and whatever comes while it is under way goes together next. So nothing
 * waits when there is little to do, and little is done for each when there is much.
 */
export class Batcher<I, O> {
  readonly #max: number;
  readonly #work: (items: readonly I[]) => Promise<readonly O[]>;
  #waiting: Waiting<I, O>[] = [];
  #running = false;

  /**
   * @param max items at a time
   * @param work one answer per item, in their order; its failure is everybody's
   */
  constructor(max: number, work: (items: readonly I[]) => Promise<readonly O[]>) {
    this.#max = max;
    this.#work = work;
  }

  add(item: I): Promise<O> {
    return new Promise<O>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
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
}
