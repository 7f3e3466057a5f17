/**
 * Values per workspace that end at an instant or all at once. A value computed before its workspace was dropped is not
 * stored after it: `put` takes the epoch that `epoch` gave before the computation began.
 */
export class WorkspaceCache<T> {
  readonly #maxPerWorkspace: number;
  readonly #workspaces = new Map<string, Map<string, { value: T; endsAt: number }>>();
  readonly #epochs = new Map<string, number>();
  #everything = 0;

  constructor(maxPerWorkspace: number) {
    this.#maxPerWorkspace = maxPerWorkspace;
  }

  get(workspaceId: string, key: string, now: number): T | undefined {
    const entry = this.#workspaces.get(workspaceId)?.get(key);
    return entry && entry.endsAt > now ? entry.value : undefined;
  }

  epoch(workspaceId: string): string {
    return `${this.#everything}.${this.#epochs.get(workspaceId) ?? 0}`;
  }

  /** @param endsAt ms since 1970 */
  put(workspaceId: string, key: string, value: T, endsAt: number, epoch: string): void {
    if (epoch !== this.epoch(workspaceId)) return;
    let entries = this.#workspaces.get(workspaceId);
    if (!entries) {
      entries = new Map();
      this.#workspaces.set(workspaceId, entries);
    }
    entries.delete(key);
    const oldest = entries.size >= this.#maxPerWorkspace ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    entries.set(key, { value, endsAt });
  }

  drop(workspaceId: string): void {
    this.#epochs.set(workspaceId, (this.#epochs.get(workspaceId) ?? 0) + 1);
    this.#workspaces.delete(workspaceId);
  }

  dropAll(): void {
    this.#everything += 1;
    this.#workspaces.clear();
  }
}
