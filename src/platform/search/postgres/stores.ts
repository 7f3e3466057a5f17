import type { Notifications, Sql } from '../../database/database.ts';
import type { Log } from '../../log.ts';
import type { ColumnStore } from './column-store.ts';
import { WorkspaceStore } from './workspace-store.ts';

export const CHANNEL = 'search_changed';
/** Rows of all workspaces kept in memory, at about 150 bytes each; the least recently searched go first. */
const MAX_ROWS = 3_000_000;

/** The column stores of this process, loaded at first use and followed through notifications. */
export class Stores {
  readonly #sql: Sql;
  readonly #notifications: Notifications;
  readonly #log: Log;
  /** In order of use. */
  readonly #stores = new Map<string, WorkspaceStore>();
  /** Newest generation written by this process: a search waits for it. */
  readonly #own = new Map<string, number>();
  readonly #unsure = new Set<string>();
  #listening: Promise<() => Promise<void>> | undefined;
  #closed = false;

  constructor(sql: Sql, notifications: Notifications, log: Log) {
    this.#sql = sql;
    this.#notifications = notifications;
    this.#log = log;
    // Notifications were lost: the next search asks the database itself.
    notifications.onGap(() => {
      for (const workspaceId of this.#stores.keys()) this.#unsure.add(workspaceId);
    });
  }

  /** The workspace's columns, with everything this process has written. */
  async current(workspaceId: string): Promise<ColumnStore> {
    await this.#listen();
    const store = this.#use(workspaceId);
    await store.load();
    const own = this.#own.get(workspaceId) ?? 0;
    if (this.#unsure.delete(workspaceId)) {
      await store.catchUp().catch((error: unknown) => {
        this.#unsure.add(workspaceId);
        throw error;
      });
    } else if (store.applied < own) await store.catchUp(own);
    this.#evict(store);
    return store.columns;
  }

  /** Tells that this process committed a generation. */
  wrote(workspaceId: string, generation: number): void {
    this.#own.set(workspaceId, Math.max(generation, this.#own.get(workspaceId) ?? 0));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stores.clear();
    const stop = await this.#listening?.catch(() => undefined);
    await stop?.();
  }

  #use(workspaceId: string): WorkspaceStore {
    const store = this.#stores.get(workspaceId) ?? new WorkspaceStore(this.#sql, workspaceId);
    this.#stores.delete(workspaceId);
    this.#stores.set(workspaceId, store);
    return store;
  }

  #evict(keep: WorkspaceStore): void {
    let rows = 0;
    for (const store of this.#stores.values()) rows += store.columns.rows;
    for (const [workspaceId, store] of this.#stores) {
      if (rows <= MAX_ROWS) return;
      if (store === keep) continue;
      rows -= store.columns.rows;
      this.#stores.delete(workspaceId);
    }
  }

  #listen(): Promise<unknown> {
    this.#listening ??= this.#notifications
      .listen(CHANNEL, (payload) => this.#heard(payload))
      .catch((error: unknown) => {
        this.#listening = undefined;
        throw error;
      });
    return this.#listening;
  }

  #heard(workspaceId: string): void {
    const store = this.#stores.get(workspaceId);
    if (!store || this.#closed) return;
    store.catchUp().catch((error: unknown) => {
      if (this.#closed) return;
      this.#unsure.add(workspaceId);
      this.#log.warn({ err: error, workspaceId }, 'search columns could not be brought up to date; the next search tries again');
    });
  }
}
