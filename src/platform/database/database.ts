import type { Ctx, Transaction } from '../../context.ts';

/**
 * The database as the rest of Damson sees it: transactions, plain SQL for platform adapters, and
 * notifications. Entities and query builders stay inside `*.repository.ts` and this folder.
 */

/** Runs work in one transaction; joins `ctx.trx` when there is one already. Rolls back when work throws. */
export interface TransactionRunner {
  run<T>(ctx: Ctx, work: (ctx: Ctx & { trx: Transaction }) => Promise<T>): Promise<T>;
}

/** Plain parameterised SQL; runs in `ctx.trx` when there is one. Used by platform adapters (queue, search). */
export interface Sql {
  /**
   * @param options `prepare`: for a constant text that runs thousands of times: each connection keeps it prepared, which saves reading and
   * planning it. Not where the best plan depends on the values
   */
  query<R = Record<string, unknown>>(
    ctx: { trx?: Transaction },
    text: string,
    params?: unknown[],
    options?: { readonly prepare?: boolean },
  ): Promise<R[]>;
}

export interface Notifications {
  /** Calls `handle` with each payload on the channel (LISTEN). Resolves once listening. */
  listen(channel: string, handle: (payload: string) => void): Promise<() => Promise<void>>;
  /** Called whenever the connection was lost and is back: messages in between are gone, so caches must drop everything. */
  onGap(handle: () => void): void;
  /** Sends inside `ctx.trx` when there is one, so it arrives only on commit. */
  notify(ctx: { trx?: Transaction }, channel: string, payload: string): Promise<void>;
}

export interface Database {
  readonly transactions: TransactionRunner;
  readonly sql: Sql;
  readonly notifications: Notifications;
  /** Connection string of the server in use, for adapters that keep connections of their own (BullMQ, better-auth). */
  readonly url: string;
  /** `embedded` or `external`, with the server's version, for `doctor`. */
  describe(): Promise<{ engine: string; version: string; latencyMs: number }>;
  migrate(): Promise<string[]>;
  close(): Promise<void>;
}
