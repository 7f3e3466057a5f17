import { hash, verify } from '@node-rs/argon2';
import { unavailable } from '../../../errors.ts';

/** argon2id as OWASP's cheat sheet asks for at least: 19 MiB, two passes, one lane (argon2id is the library's default). */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** How many hashes run at once (19 MiB and a thread each), and how many may wait before we say "later". */
const AT_ONCE = 2;
const MAX_WAITING = 200;

/** Hashing behind a gate, so that a hundred sign-ins at once take neither two gigabytes nor all of the processor. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  hash(password: string): Promise<string> {
    return this.#gated(() => hash(password, OPTIONS));
  }

  /** False also for a hash that cannot be read. */
  verify(stored: string, password: string): Promise<boolean> {
    return this.#gated(() => verify(stored, password).catch(() => false));
  }

  async #gated<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) throw unavailable({ headers: { 'retry-after': '5' } });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
