import type { Pool } from 'pg';
import { DataSource, type EntitySchema, type Logger } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Log } from '../log.ts';
import type { MigrationClass } from './migration.ts';

export type EntityClass = (new () => object) | EntitySchema;

export interface DataSourceOptions {
  /** `postgres://…` */
  readonly url: string;
  readonly entities: readonly EntityClass[];
  readonly migrations?: readonly MigrationClass[];
  /** Connections at most; default 10. */
  readonly poolSize?: number;
  /** ms; default 30,000; 0 = none, whatever the server's or the role's own setting says. */
  readonly statementTimeout?: number;
  /** ms a statement waits for a lock; default 10,000. */
  readonly lockTimeout?: number;
  /** ms a transaction may wait for our own code before the server ends it; default 60,000; 0 = none. */
  readonly idleInTransactionTimeout?: number;
  readonly applicationName?: string;
  readonly log: Log;
}

export const MIGRATIONS_TABLE = 'schema_migration';

/** A TypeORM data source with our limits; not connected yet. `synchronize` is never used. */
export function makeDataSource(options: DataSourceOptions): DataSource {
  const dataSource: DataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: [...options.entities],
    migrations: [...(options.migrations ?? [])],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    logger: typeormLogger(options.log),
    installExtensions: false,
    applicationName: options.applicationName ?? 'damson',
    poolSize: options.poolSize ?? 10,
    connectTimeoutMS: 10_000,
    // After `destroy` the server may cut what is still closing.
    poolErrorHandler: (error: unknown) =>
      options.log[dataSource.isInitialized ? 'warn' : 'debug']({ err: error }, 'idle database connection lost'),
    extra: {
      options: sessionLimits({
        statement_timeout: options.statementTimeout ?? 30_000,
        lock_timeout: options.lockTimeout ?? 10_000,
        // A transaction that waits for our own code longer than this is a defect; its locks must not stay.
        idle_in_transaction_session_timeout: options.idleInTransactionTimeout ?? 60_000,
      }),
      keepAlive: true,
    },
  });
  return dataSource;
}

/** Start-up options of a session. `pg` has names for these limits but leaves a 0 out, and then the role's own setting holds. */
export function sessionLimits(limits: Readonly<Record<string, number>>): string {
  return Object.entries(limits)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** TypeORM prints failed migrations to the console by itself; here they go to our log. */
function typeormLogger(log: Log): Logger {
  const quiet = (): void => undefined;
  return {
    logQuery: quiet,
    logQueryError: quiet,
    logQuerySlow: quiet,
    logSchemaBuild: quiet,
    logMigration: (message) => log.info({}, message),
    log: (level, message: unknown) => log[level === 'warn' ? 'warn' : 'debug']({ message }, 'typeorm'),
  };
}

/** The `pg` pool under a connected data source: plain SQL goes there directly, without TypeORM's detours. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as PostgresDriver).master as Pool;
}
