import type { Transaction } from '../../context.ts';
import type { Sql } from '../database/database.ts';
import { Batcher } from './batcher.ts';

type WithTransaction = { trx?: Transaction };

export interface OutboxRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly topic: string;
  readonly payload: unknown;
  /** Handler runs that ended with an error. */
  readonly failures: number;
  /** No run has begun since the last one that failed: the next delivery is counted already, by `published`. */
  readonly fresh: boolean;
}

export interface PickedUp {
  /** Handler runs that began and did not end: their process died. This one not counted. */
  readonly lost: number;
  /** Handler runs that ended with an error. */
  readonly failures: number;
  readonly error: string | null;
}

interface CompletedRun {
  readonly consumer: string;
  readonly id: string;
}

const MAX_COMPLETIONS = 100;
/** How long an end nobody waits for waits for others, so that one statement notes them all. */
const GATHER_MS = 50;
const MAX_ERROR_LENGTH = 2000;
/** 'damr' in ASCII: the advisory lock between publishing and forgetting. */
const PUBLISHING_LOCK = 0x64616d72;

/**
 * For statements whose loss in a power cut only means that a job is published or run once more, which changes nothing:
 * their transaction need not wait for the disk.
 */
const QUICKLY = `from (select set_config('synchronous_commit', 'off', true)) quickly`;

/** All SQL on the outbox and the inbox but the insert. Times are the database's: several machines work on these rows. */
export class OutboxRows {
  readonly #sql: Sql;
  readonly #completions: Batcher<CompletedRun, boolean>;
  readonly #unawaited: Batcher<CompletedRun, boolean>;

  constructor(sql: Sql) {
    this.#sql = sql;
    const mark = async (runs: readonly CompletedRun[]): Promise<boolean[]> => {
      const first = await this.#mark({}, runs, QUICKLY);
      return runs.map(({ id }) => first.delete(id));
    };
    this.#completions = new Batcher(MAX_COMPLETIONS, mark);
    this.#unawaited = new Batcher(MAX_COMPLETIONS, mark, GATHER_MS);
  }

  /** Locks the next rows to publish, in the caller's transaction; rows locked by another relay are skipped. */
  due(ctx: WithTransaction, topics: readonly string[], limit: number): Promise<OutboxRow[]> {
    return this.#sql.query<OutboxRow>(
      ctx,
      `select id, workspace_id, topic, payload, failures, attempts = failures as fresh from outbox
       where state = 'pending' and available_at <= now() and topic = any($1)
       order by available_at, id limit $2 for update skip locked`,
      [topics, limit],
      { prepare: true },
    );
  }

  /** The same for rows published long ago of which nothing was heard. */
  expired(ctx: WithTransaction, topics: readonly string[], limit: number): Promise<OutboxRow[]> {
    return this.#sql.query<OutboxRow>(
      ctx,
      `select id, workspace_id, topic, payload, failures, attempts = failures as fresh from outbox
       where state = 'published' and lease < now() and topic = any($1)
       order by lease limit $2 for update skip locked`,
      [topics, limit],
      { prepare: true },
    );
  }

  /**
   * Keeps publishing (shared) and forgetting (alone) apart until the caller's transaction ends: rows that are published but not yet marked
   * so would be overlooked by `publishAgain`.
   */
  async lockPublishing(ctx: WithTransaction, mode: 'shared' | 'alone'): Promise<void> {
    await this.#sql.query(ctx, `select pg_advisory_xact_lock${mode === 'shared' ? '_shared' : ''}($1)`, [PUBLISHING_LOCK]);
  }

  /** The store lost what it held: every published row is late at once. Runs that were under way are not held against the job. */
  async publishAgain(ctx: WithTransaction): Promise<number> {
    const rows = await this.#sql.query(
      ctx,
      `update outbox set lease = now() - interval '1 second', attempts = failures where state = 'published' returning id`,
    );
    return rows.length;
  }

  /** These published rows are late at once. */
  async late(ctx: WithTransaction, ids: readonly string[]): Promise<void> {
    await this.#sql.query(ctx, `update outbox set lease = now() - interval '1 second' where id = any($1::uuid[]) and state = 'published'`, [
      ids,
    ]);
  }

  /** Counts the run that the delivery will be: the usual job, which runs once, then needs no statement of its own for that. */
  async published(ctx: WithTransaction, ids: readonly string[], leaseMs: number): Promise<void> {
    await this.#sql.query(
      ctx,
      `update outbox set state = 'published', attempts = greatest(attempts, failures + 1),
         lease = now() + $2 * interval '1 millisecond' ${QUICKLY} where id = any($1::uuid[])`,
      [ids, leaseMs],
      { prepare: true },
    );
  }

  /** Counts a run that begins, if it is not the one counted by `published`. Null when there is nothing left to do: done, dead, or pruned. */
  async pickUp(ctx: WithTransaction, id: string, leaseMs: number): Promise<PickedUp | null> {
    const [row] = await this.#sql.query<{ attempts: number; failures: number; error: string | null }>(
      ctx,
      `update outbox set attempts = attempts + 1, lease = now() + $2 * interval '1 millisecond' ${QUICKLY}
       where id = $1 and state in ('pending', 'published') returning attempts, failures, error`,
      [id, leaseMs],
    );
    return row ? { lost: row.attempts - 1 - row.failures, failures: row.failures, error: row.error } : null;
  }

  /** A run that was stopped from outside never was one. */
  async released(ctx: WithTransaction, id: string): Promise<void> {
    await this.#sql.query(ctx, `update outbox set attempts = greatest(attempts - 1, failures) where id = $1 and state = 'published'`, [id]);
  }

  async failed(ctx: WithTransaction, id: string, error: string, leaseMs: number): Promise<void> {
    await this.#sql.query(
      ctx,
      `update outbox set failures = failures + 1, error = $2, lease = now() + $3 * interval '1 millisecond'
       where id = $1 and state in ('pending', 'published')`,
      [id, error.slice(0, MAX_ERROR_LENGTH), leaseMs],
    );
  }

  /**
   * The inbox row and the outbox row's `done` in one statement: true for the first run that gets here, false ever after. A second run waits
   * until the first one's transaction has ended. Outside a transaction there is no effect to be kept with it: nothing waits for the disk, and
   * what is asked while the last statement is under way shares the next one.
   */
  async complete(ctx: WithTransaction, consumer: string, id: string): Promise<boolean> {
    if (!ctx.trx) return this.#completions.add({ consumer, id });
    return (await this.#mark(ctx, [{ consumer, id }], '')).has(id);
  }

  /** `complete` for an end that no work waits for: it is noted within some tens of milliseconds, many in one statement. */
  completeSoon(consumer: string, id: string): Promise<boolean> {
    return this.#unawaited.add({ consumer, id });
  }

  async #mark(ctx: WithTransaction, runs: readonly CompletedRun[], quickly: string): Promise<Set<string>> {
    // Always in one order: two processes that complete the same jobs must not wait for each other in a circle.
    const sorted = [...runs].sort((a, b) => (a.id < b.id ? -1 : 1));
    const rows = await this.#sql.query<{ outbox_id: string }>(
      ctx,
      `with mark as (
         insert into inbox (consumer, outbox_id) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing returning outbox_id),
       row as (
         update outbox set state = 'done', lease = null, error = null, finished_at = now() ${quickly}
         where id in (select outbox_id from mark) and state in ('pending', 'published'))
       select outbox_id from mark`,
      [sorted.map((run) => run.consumer), sorted.map((run) => run.id)],
      { prepare: true },
    );
    return new Set(rows.map((row) => row.outbox_id));
  }

  /** Ends a row as dead; false when it had ended before. */
  async bury(ctx: WithTransaction, id: string, error: string): Promise<boolean> {
    const rows = await this.#sql.query(
      ctx,
      `update outbox set state = 'dead', lease = null, finished_at = now(), error = $2
       where id = $1 and state in ('pending', 'published') returning id`,
      [id, error.slice(0, MAX_ERROR_LENGTH)],
    );
    return rows.length > 0;
  }

  /** Removes ended rows and their inbox rows, a batch at a time; the number removed. */
  async prune(ctx: WithTransaction, doneMs: number, deadMs: number, limit: number): Promise<number> {
    const rows = await this.#sql.query(
      ctx,
      `with old as (
         select id from outbox
         where (state = 'done' and finished_at < now() - $1 * interval '1 millisecond')
            or (state = 'dead' and finished_at < now() - $2 * interval '1 millisecond')
         limit $3 for update skip locked),
       gone as (delete from outbox where id in (select id from old) returning id),
       marks as (delete from inbox where outbox_id in (select id from old))
       select id from gone`,
      [doneMs, deadMs, limit],
    );
    return rows.length;
  }

  async backlog(): Promise<{ pending: number; oldestMs: number; dead: { topic: string; count: number }[] }> {
    const [row] = await this.#sql.query<{ pending: number; oldest: number | null }>(
      {},
      `select count(*)::int as pending, (extract(epoch from now() - min(available_at)) * 1000)::float8 as oldest
       from outbox where state = 'pending' and available_at <= now()`,
    );
    const dead = await this.#sql.query<{ topic: string; count: number }>(
      {},
      `select topic, count(*)::int as count from outbox where state = 'dead' group by topic`,
    );
    return { pending: row?.pending ?? 0, oldestMs: Math.max(0, row?.oldest ?? 0), dead };
  }
}
