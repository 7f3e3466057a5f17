import type { DataSource } from 'typeorm';
import { type DataSourceOptions, makeDataSource } from './data-source.ts';
import type { Database, Sql, TransactionRunner } from './database.ts';
import { migrate } from './migrate.ts';
import type { MigrationClass } from './migration.ts';
import { PgNotifications } from './notifications.ts';
import { mapDatabaseError } from './pg-errors.ts';
import { checkServerVersion } from './requirements.ts';
import { PooledSql, TypeormTransactionRunner } from './transactions.ts';

export interface CreateDatabaseOptions extends DataSourceOptions {
  readonly migrations: readonly MigrationClass[];
  /** What `describe` calls it; default `external`. */
  readonly engine?: 'embedded' | 'external';
}

/** `Database` plus what repositories are built with. */
export interface TypeormDatabase extends Database {
  readonly dataSource: DataSource;
}

/**
 * Connects to the PostgreSQL server at `url`, whoever runs it. Nothing is migrated yet.
 * Errors: 503 `unavailable` when it cannot be reached, `DatabaseRequirementError` when it is too old.
 */
export async function createDatabase(options: CreateDatabaseOptions): Promise<TypeormDatabase> {
  const dataSource = makeDataSource(options);
  try {
    await dataSource.initialize();
  } catch (error) {
    throw mapDatabaseError(error);
  }
  const sql = new PooledSql(dataSource);
  try {
    await checkServerVersion(sql);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return new PostgresDatabase(options, dataSource, sql);
}

class PostgresDatabase implements TypeormDatabase {
  readonly dataSource: DataSource;
  readonly sql: Sql;
  readonly transactions: TransactionRunner;
  readonly notifications: PgNotifications;
  readonly url: string;
  readonly #options: CreateDatabaseOptions;
  #closing: Promise<void> | undefined;

  constructor(options: CreateDatabaseOptions, dataSource: DataSource, sql: Sql) {
    this.#options = options;
    this.dataSource = dataSource;
    this.sql = sql;
    this.url = options.url;
    this.transactions = new TypeormTransactionRunner(dataSource);
    this.notifications = new PgNotifications(options.url, sql, options.log);
  }

  async describe(): Promise<{ engine: string; version: string; latencyMs: number }> {
    const [row] = await this.sql.query<{ server_version: string }>({}, 'show server_version');
    const started = performance.now();
    await this.sql.query({}, 'select 1');
    const latencyMs = performance.now() - started;
    return { engine: this.#options.engine ?? 'external', version: row?.server_version ?? 'unknown', latencyMs };
  }

  migrate(): Promise<string[]> {
    return migrate(this.#options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.notifications.close();
    await this.dataSource.destroy();
  }
}
