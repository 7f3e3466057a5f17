import { createHash } from 'node:crypto';
import type { PoolClient, QueryResult } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Ctx, Transaction } from '../../context.ts';
import { poolOf } from './data-source.ts';
import type { Sql, TransactionRunner } from './database.ts';
import { mapDatabaseError, pgCode } from './pg-errors.ts';

/** The open transaction: one connection, as TypeORM sees it and as `pg` sees it. */
class OpenTransaction implements Transaction {
  readonly kind = 'transaction';
  readonly runner: QueryRunner;
  readonly client: PoolClient;
  open = true;
  readonly #after: (() => void)[] = [];

  constructor(runner: QueryRunner, client: PoolClient) {
    this.runner = runner;
    this.client = client;
  }

  afterCommit(work: () => void): void {
    this.#after.push(work);
  }

  committed(): void {
    for (const work of this.#after) work();
  }
}

function unwrap(trx: Transaction): OpenTransaction {
  if (!(trx instanceof OpenTransaction)) throw new Error('this transaction does not belong to the database adapter');
  if (!trx.open) throw new Error('the transaction has ended; a promise was not awaited inside it');
  return trx;
}

/** The entity manager of `ctx.trx`, or the pool's. */
export function managerOf(dataSource: DataSource, ctx: { trx?: Transaction }): EntityManager {
  return ctx.trx ? unwrap(ctx.trx).runner.manager : dataSource.manager;
}

const names = new Map<string, string>();

/** The same text has the same name everywhere, so that no connection prepares it twice. */
export function statementName(sql: string): string {
  const name = names.get(sql) ?? `s_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`;
  names.set(sql, name);
  return name;
}

/** Data sources behind a pooler that gives each transaction another server connection: names of statements mean nothing there. */
const nameless = new WeakSet<DataSource>();
/** invalid_sql_statement_name, duplicate_prepared_statement. */
const NAME_CODES = new Set(['26000', '42P05']);

/**
 * Runs one statement in `ctx.trx` or on the pool. Errors are `pg`'s own, connection errors 503 `unavailable`.
 * @param name under which each connection keeps the statement prepared; must stand for this text alone. Where a pooler shows that it does not
 * keep them, statements are no longer named from then on
 */
export async function runSql(
  dataSource: DataSource,
  ctx: { trx?: Transaction },
  text: string,
  params: unknown[] = [],
  name?: string,
): Promise<QueryResult> {
  const named = name !== undefined && !nameless.has(dataSource);
  try {
    return await (ctx.trx ? unwrap(ctx.trx).client : poolOf(dataSource)).query({ text, values: params, ...(named ? { name } : {}) });
  } catch (error) {
    if (named && NAME_CODES.has(pgCode(error) ?? '')) {
      nameless.add(dataSource);
      // Inside a transaction it is too late: the failure has ended it, and the caller tries again.
      if (!ctx.trx) return runSql(dataSource, ctx, text, params);
    }
    throw mapDatabaseError(error);
  }
}

export class TypeormTransactionRunner implements TransactionRunner {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Joins `ctx.trx`, else BEGIN … COMMIT around `work`, ROLLBACK when it throws. Nothing is retried here: only the caller
   * knows whether its work may run twice.
   */
  async run<T>(ctx: Ctx, work: (ctx: Ctx & { trx: Transaction }) => Promise<T>): Promise<T> {
    if (ctx.trx) return work({ ...ctx, trx: ctx.trx });
    const runner = this.#dataSource.createQueryRunner();
    let trx: OpenTransaction | undefined;
    try {
      const client: PoolClient = await runner.connect();
      await runner.startTransaction();
      trx = new OpenTransaction(runner, client);
      const result = await work({ ...ctx, trx });
      trx.open = false;
      await commit(client);
      (runner as { isTransactionActive: boolean }).isTransactionActive = false;
      trx.committed();
      return result;
    } catch (error) {
      if (trx) trx.open = false;
      // A lost connection has rolled back by itself.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw mapDatabaseError(error);
    } finally {
      await runner.release();
    }
  }
}

/**
 * PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK. When a caller swallowed the failed statement's error
 * it would believe its work kept; so that answer is an error here.
 */
async function commit(client: PoolClient): Promise<void> {
  const answer = await client.query('COMMIT');
  if (answer.command === 'ROLLBACK')
    throw new Error('the transaction was rolled back: a statement in it failed and its error was swallowed');
}

export class PooledSql implements Sql {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async query<R = Record<string, unknown>>(
    ctx: { trx?: Transaction },
    text: string,
    params: unknown[] = [],
    options: { readonly prepare?: boolean } = {},
  ): Promise<R[]> {
    return (await runSql(this.#dataSource, ctx, text, params, options.prepare ? statementName(text) : undefined)).rows as R[];
  }
}
