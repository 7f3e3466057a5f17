/** Who waits for a claim on a derivative to be given back, here or in another process. Pure; imports nothing. */

/** The news may be lost with the connection that brings it, and a claim whose process died ends by the clock alone. */
const POLL_MS = 100;

export class Releases {
  private readonly waiting = new Map<string, Set<() => void>>();

  /** Resolves when the claim on `key` is given back, and after a tenth of a second in any case. */
  next(key: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(key) ?? new Set();
      this.waiting.set(key, waiting);
      const end = () => {
        clearTimeout(timer);
        waiting.delete(end);
        if (waiting.size === 0 && this.waiting.get(key) === waiting) this.waiting.delete(key);
        resolve();
      };
      const timer = setTimeout(end, POLL_MS);
      waiting.add(end);
    });
  }

  released(key: string): void {
    for (const end of [...(this.waiting.get(key) ?? [])]) end();
  }
}
