import type { DataSource, EntityManager } from 'typeorm';
import type { Transaction } from '../../context.ts';
import { managerOf, runSql, statementName } from './transactions.ts';

type WithTransaction = { trx?: Transaction };

/** What every `x.repository.ts` extends: TypeORM's manager and raw SQL, both inside `ctx.trx` when there is one. */
export class BaseRepository {
  protected readonly dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.dataSource = dataSource;
  }

  protected manager(ctx: WithTransaction): EntityManager {
    return managerOf(this.dataSource, ctx);
  }

  /** All rows (also of `… returning`), columns as named in the SQL; bigint and numeric come as strings. */
  protected async query<R = Record<string, unknown>>(ctx: WithTransaction, sql: string, params?: unknown[]): Promise<R[]> {
    return (await runSql(this.dataSource, ctx, sql, params)).rows as R[];
  }

  /** The first row, or null. */
  protected async one<R = Record<string, unknown>>(ctx: WithTransaction, sql: string, params?: unknown[]): Promise<R | null> {
    return (await this.query<R>(ctx, sql, params))[0] ?? null;
  }

  /** Runs a statement; the number of rows it touched. */
  protected async execute(ctx: WithTransaction, sql: string, params?: unknown[]): Promise<number> {
    return (await runSql(this.dataSource, ctx, sql, params)).rowCount ?? 0;
  }

  /**
   * As `query`, for a constant text that runs for every delivery or file: each connection keeps it prepared, which saves reading
   * and planning it (most of what a look-up by key costs). Not for texts put together at run time, of which there are ever more,
   * nor where the best plan depends on the values.
   */
  protected async prepared<R = Record<string, unknown>>(
    ctx: WithTransaction,
    sql: string,
    params: unknown[],
  ): Promise<{ rows: R[]; count: number }> {
    const { rows, rowCount } = await runSql(this.dataSource, ctx, sql, params, statementName(sql));
    return { rows: rows as R[], count: rowCount ?? 0 };
  }
}
