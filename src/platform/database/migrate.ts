import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Log } from '../log.ts';
import { migrateQueueSchema } from '../queue/schema.ts';
import { type DataSourceOptions, makeDataSource, MIGRATIONS_TABLE, sessionLimits } from './data-source.ts';
import { pgCode } from './pg-errors.ts';
import { provideExtensions } from './requirements.ts';

/** 'dams' in ASCII: the key of the advisory lock that lets one process migrate at a time. */
const MIGRATE_LOCK = 0x64616d73;
const LOCK_TIMEOUT_MS = 1000;
const LOCK_ATTEMPTS = 60;
/** Whoever waits for its turn, or rewrites a table, takes as long as it takes. */
const NO_LIMITS = { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 };

/**
 * Applies all pending migrations, then BullMQ's own; returns the names of those applied now. Processes that start together take turns. A statement waits at
 * most 1 s for a lock, so a migration never queues up behind a long query while others queue up behind it; then it is tried again.
 */
export async function migrate(options: DataSourceOptions): Promise<string[]> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'damson-migrate',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    options: sessionLimits(NO_LIMITS),
  });
  client.on('error', (error) => options.log.warn({ err: error }, 'migration connection lost'));
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATE_LOCK]);
    await provideExtensions(client);
    const applied = await applyAll(options);
    await migrateQueueSchema(client);
    return applied;
  } finally {
    await client.end(); // also releases the lock
  }
}

async function applyAll(options: DataSourceOptions): Promise<string[]> {
  const dataSource = makeDataSource({
    ...options,
    entities: [],
    poolSize: 2,
    statementTimeout: 0,
    lockTimeout: LOCK_TIMEOUT_MS,
    idleInTransactionTimeout: 0,
    applicationName: 'damson-migrate',
  });
  await dataSource.initialize();
  try {
    const before = await appliedNames(dataSource);
    await retryLocks(options.log, () => dataSource.runMigrations({ transaction: 'each' }));
    return (await appliedNames(dataSource)).filter((name) => !before.includes(name));
  } finally {
    await dataSource.destroy();
  }
}

async function appliedNames(dataSource: DataSource): Promise<string[]> {
  const [found] = await dataSource.query<{ there: boolean }[]>('select to_regclass($1) is not null as there', [MIGRATIONS_TABLE]);
  if (!found?.there) return [];
  const rows = await dataSource.query<{ name: string }[]>(`select name from ${MIGRATIONS_TABLE} order by id`);
  return rows.map((row) => row.name);
}

/** Each migration is a transaction of its own, so running the list again goes on where it stopped. */
async function retryLocks(log: Log, run: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (pgCode(error) !== '55P03' || attempt >= LOCK_ATTEMPTS) throw error;
      log.warn({ attempt, of: LOCK_ATTEMPTS }, 'a migration waits for a lock that another session holds');
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * attempt, 2000)));
    }
  }
}
