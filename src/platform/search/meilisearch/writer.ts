import { setTimeout as sleep } from 'node:timers/promises';
import { type Ctx, systemContext } from '../../../context.ts';
import type { Sql, TransactionRunner } from '../../database/database.ts';
import { type Meili, meiliCode } from './client.ts';
import type { Indexes } from './indexes.ts';
import type { Row } from './row.ts';

/**
 * Writes rows, never an older version over a newer one. Meilisearch has no conditional write, so writers of a workspace take turns under an advisory
 * lock of the database; in its turn a writer waits until nothing is left to be done for the index, reads the stored versions, sends what is newer, and
 * waits for the task. The transaction ends after that: a writer that lost its turn (its connection) has not written as far as its caller knows, and
 * what it wrote is written again from the database. See ADR 0403.
 */

/** How long a turn is put off for those that the one before let go on, ms. */
const GATHER_MS = 15;
/** Most rows of one task; more wait for the next. */
const MAX_ROWS = 1000;
/** Ids that one look-up of versions names. */
const LOOKUP = 1000;

/** A turn waits for Meilisearch, so it may idle longer than other transactions; the task's own deadline comes first. */
const TURN = `select set_config('lock_timeout', '120s', true), set_config('statement_timeout', '150s', true),
  set_config('idle_in_transaction_session_timeout', '600s', true)`;
const LOCK = `select pg_advisory_xact_lock(hashtextextended('damson search ' || $1, 0))`;
const NOW = `select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

export interface WriterDeps {
  readonly sql: Sql;
  readonly transactions: TransactionRunner;
  readonly meili: Meili;
  readonly indexes: Indexes;
}

interface Waiting {
  readonly rows: readonly Row[];
  resolve(): void;
  reject(error: unknown): void;
}

export class Writer {
  readonly #deps: WriterDeps;
  /** Calls of this process that wait for the workspace's turn: they share the next one. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  /** Resolves when all rows that are newer than what is stored can be found. Calls that come at once share a task. */
  async write(ctx: Ctx, rows: readonly Row[]): Promise<void> {
    ctx.signal.throwIfAborted();
    if (rows.length === 0) return;
    // Inside the caller's transaction the turn lasts until its commit, so it cannot be shared.
    if (ctx.trx) return this.#inTurn(ctx, rows);
    await new Promise<void>((resolve, reject) => {
      const call = { rows, resolve, reject };
      const queue = this.#waiting.get(ctx.workspaceId);
      if (queue) queue.push(call);
      else {
        this.#waiting.set(ctx.workspaceId, [call]);
        void this.#drain(ctx.workspaceId);
      }
    });
  }

  /** Runs work while nobody else writes to the workspace's index. @param work is given the database's time, ms since 1970 */
  async turn<T>(ctx: Ctx, work: (now: number) => Promise<T>): Promise<T> {
    const { sql, transactions } = this.#deps;
    return transactions.run(ctx, async (within) => {
      await sql.query(within, TURN);
      await sql.query(within, LOCK, [ctx.workspaceId]);
      // After the lock: times of turns follow one another.
      const [row] = await sql.query<{ now: number }>(within, NOW);
      if (!row) throw new Error('the database told no time');
      const result = await work(row.now);
      // A connection that was lost meanwhile is noticed here at the latest.
      await sql.query(within, 'select 1');
      return result;
    });
  }

  /** Everything that waits, in as few tasks as may be. */
  async #drain(workspaceId: string): Promise<void> {
    const ctx = systemContext(workspaceId);
    for (;;) {
      const calls = this.#next(workspaceId);
      if (calls.length === 0) {
        this.#waiting.delete(workspaceId);
        return;
      }
      try {
        await this.#inTurn(
          ctx,
          calls.flatMap((call) => call.rows),
        );
        for (const call of calls) call.resolve();
        // Whoever waited for these begins the next: those come into one turn, too.
        await sleep(GATHER_MS);
      } catch (error) {
        if (meiliCode(error) !== undefined && calls.length > 1) await this.#oneByOne(ctx, calls);
        else for (const call of calls) call.reject(error);
      }
    }
  }

  #next(workspaceId: string): Waiting[] {
    const queue = this.#waiting.get(workspaceId) ?? [];
    let rows = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || rows + (queue[count]?.rows.length ?? 0) <= MAX_ROWS)) {
      rows += queue[count]?.rows.length ?? 0;
      count += 1;
    }
    return queue.splice(0, count);
  }

  /** A task failed, or the question before it was refused, as a whole; whoever's rows were not the reason must not suffer. */
  async #oneByOne(ctx: Ctx, calls: readonly Waiting[]): Promise<void> {
    for (const call of calls) await this.#inTurn(ctx, call.rows).then(call.resolve, call.reject);
  }

  async #inTurn(ctx: Ctx, rows: readonly Row[]): Promise<void> {
    const { meili, indexes } = this.#deps;
    const uid = indexes.uid(ctx.workspaceId);
    await this.turn(ctx, async (now) => {
      await indexes.prepare(ctx.workspaceId);
      await meili.settle(uid);
      const newest = newestOf(rows);
      const stored = await this.#stored(ctx.workspaceId, [...newest.keys()]);
      const fresh = [...newest.values()].filter((row) => isNewer(row, stored.get(row.id)));
      if (fresh.length > 0) await meili.write((client) => client.index(uid).addDocuments(fresh.map((row) => ({ ...row, written: now }))));
    });
  }

  async #stored(workspaceId: string, ids: readonly string[]): Promise<Map<string, Row>> {
    try {
      return await this.#lookUp(this.#deps.indexes.uid(workspaceId), ids);
    } catch (error) {
      if (meiliCode(error) !== 'index_not_found') throw error;
      // The server has lost its data since this process last looked.
      this.#deps.indexes.forget(workspaceId);
      await this.#deps.indexes.prepare(workspaceId);
      return new Map();
    }
  }

  async #lookUp(uid: string, ids: readonly string[]): Promise<Map<string, Row>> {
    const found = new Map<string, Row>();
    for (let at = 0; at < ids.length; at += LOOKUP) {
      const some = ids.slice(at, at + LOOKUP);
      const { results } = await this.#deps.meili.request((client) =>
        client.httpRequest.post<{ results: Row[] }>({
          path: `indexes/${uid}/documents/fetch`,
          body: { ids: some, fields: ['id', 'version', 'deleted'], limit: some.length },
        }),
      );
      for (const row of results) found.set(row.id, row);
    }
    return found;
  }
}

function newestOf(rows: readonly Row[]): Map<string, Row> {
  const newest = new Map<string, Row>();
  for (const row of rows) if ((newest.get(row.id)?.version ?? -1) <= row.version) newest.set(row.id, row);
  return newest;
}

/** The same version again may say more, but brings nothing back that was removed. */
function isNewer(row: Row, stored: Row | undefined): boolean {
  if (stored === undefined || stored.version < row.version) return true;
  return stored.version === row.version && (row.deleted || !stored.deleted);
}
