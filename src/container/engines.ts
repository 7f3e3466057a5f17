import type { Config, DatabaseConfig, QueueConfig, SearchConfig, StorageConfig } from '../../config/config.ts';
import { systemContext } from '../context.ts';
import { StartError } from '../errors.ts';
import { explainConnect } from '../platform/database/connect-fault.ts';
import { createDatabase, type CreateDatabaseOptions, type TypeormDatabase } from '../platform/database/external.ts';
import { createRedisRateLimiter } from '../platform/http/rate-limit-redis.ts';
import { createMemoryRateLimiter, type RateLimiter, unlimited } from '../platform/http/rate-limit.ts';
import type { Log } from '../platform/log.ts';
import { createJobRunner } from '../platform/queue/bullmq.ts';
import type { JobRunner } from '../platform/queue/queue.ts';
import { openRedisScripts } from '../platform/queue/redis-scripts.ts';
import { verifyRedis } from '../platform/queue/redis-verify.ts';
import { createFallbackSearch } from '../platform/search/fallback.ts';
import { createMeilisearchEngine } from '../platform/search/meilisearch.ts';
import { verifyMeilisearch } from '../platform/search/meilisearch/verify.ts';
import { createPostgresSearch } from '../platform/search/postgres.ts';
import type { SearchEngine } from '../platform/search/search.ts';
import { createCachedStorage } from '../platform/storage/cached.ts';
import { createDiskStorage } from '../platform/storage/disk.ts';
import { createS3Storage } from '../platform/storage/s3.ts';
import type { Storage } from '../platform/storage/storage.ts';
import { jobFinished, type Telemetry } from '../telemetry.ts';

/** Which engine each part runs on: one `case` for each. Clients of engines that are not chosen are never loaded. */

/** @throws StartError saying what to look at when a server of others does not let us in */
export async function connectDatabase(choice: DatabaseConfig, options: CreateDatabaseOptions): Promise<TypeormDatabase> {
  try {
    return await createDatabase({ ...options, ...choice.limits, engine: choice.kind });
  } catch (error) {
    const problem = choice.kind === 'external' ? explainConnect(error, options.url) : null;
    throw problem === null ? error : new StartError('The database cannot be used', [problem]);
  }
}

/** @throws StartError with everything that is wrong with the store, a line each */
export async function openStorage(choice: StorageConfig, log: Log): Promise<Storage> {
  switch (choice.kind) {
    case 'disk':
      return createDiskStorage({ dir: choice.dir });
    case 's3': {
      const store = await createS3Storage(choice, { log });
      const problems = await store.verify();
      if (problems.length > 0) {
        await store.close();
        throw new StartError('The S3 store cannot be used', problems);
      }
      return choice.cache.bytes === 0 ? store : createCachedStorage(store, { ...choice.cache, log });
    }
  }
}

export function openSearch(choice: SearchConfig, database: TypeormDatabase, log: Log): SearchEngine {
  const { sql, transactions, notifications } = database;
  const postgres = () => createPostgresSearch({ sql, transactions, notifications, log });
  switch (choice.kind) {
    case 'postgres':
      return postgres();
    case 'meilisearch': {
      const meilisearch = createMeilisearchEngine({
        url: choice.url,
        masterKey: choice.masterKey?.reveal() ?? null,
        sql,
        transactions,
        log,
      });
      return choice.fallback === 'none' ? meilisearch : createFallbackSearch(meilisearch, postgres(), log);
    }
  }
}

/**
 * A Redis that is away is waited for by nobody; one that refuses us, or will not do, is told at once.
 * @throws StartError with everything that is wrong with it, a line each
 */
export async function checkQueue(choice: QueueConfig): Promise<void> {
  if (choice.kind === 'postgres') return;
  const problems = await verifyRedis(choice.url.reveal());
  if (problems.length > 0) throw new StartError('Redis cannot be used', problems);
}

/**
 * As with Redis: a Meilisearch that is away is waited for by nobody.
 * @throws StartError with what is wrong with it
 */
export async function checkSearch(choice: SearchConfig): Promise<void> {
  if (choice.kind !== 'meilisearch') return;
  const problems = await verifyMeilisearch({ url: choice.url, masterKey: choice.masterKey?.reveal() ?? null });
  if (problems.length > 0) throw new StartError('Meilisearch cannot be used', problems);
}

export function openRunner(config: Config, database: TypeormDatabase, log: Log, telemetry: Telemetry | undefined): JobRunner {
  const { queue } = config;
  return createJobRunner({
    database,
    backend: queue.kind === 'redis' ? { kind: 'redis', url: queue.url.reveal() } : { kind: 'postgres', url: database.url },
    makeCtx: (workspaceId, signal) => systemContext(workspaceId, { signal }),
    // One more ingest than slots: while one waits for the database the decoders stay busy.
    // Writers to Meilisearch wait for its tasks; together they share one.
    concurrency: { media: config.media.slots + 1, ...(config.search.kind === 'meilisearch' ? { search: 64 } : {}) },
    log,
    onFinished: telemetry && ((fact) => jobFinished(telemetry, fact)),
  });
}

export async function openLimiter(config: Config, log: Log, opened: (() => Promise<void>)[]): Promise<RateLimiter> {
  if (!config.http.rateLimit) return unlimited;
  if (config.queue.kind === 'postgres') return createMemoryRateLimiter();
  const scripts = await openRedisScripts(config.queue.url.reveal(), log);
  opened.push(() => scripts.close());
  return createRedisRateLimiter({ scripts });
}
