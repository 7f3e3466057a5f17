import type { Config, SearchConfig, StorageConfig } from '../../config/config.ts';
import { systemContext } from '../context.ts';
import type { TypeormDatabase } from '../platform/database/external.ts';
import { createRedisRateLimiter } from '../platform/http/rate-limit-redis.ts';
import { createMemoryRateLimiter, type RateLimiter, unlimited } from '../platform/http/rate-limit.ts';
import type { Log } from '../platform/log.ts';
import { createJobRunner } from '../platform/queue/bullmq.ts';
import type { JobRunner } from '../platform/queue/queue.ts';
import { openRedisScripts } from '../platform/queue/redis-scripts.ts';
import { createFallbackSearch } from '../platform/search/fallback.ts';
import { createMeilisearchEngine } from '../platform/search/meilisearch.ts';
import { createPostgresSearch } from '../platform/search/postgres.ts';
import type { SearchEngine } from '../platform/search/search.ts';
import { createCachedStorage } from '../platform/storage/cached.ts';
import { createDiskStorage } from '../platform/storage/disk.ts';
import { createS3Storage } from '../platform/storage/s3.ts';
import type { Storage } from '../platform/storage/storage.ts';
import { jobFinished, type Telemetry } from '../telemetry.ts';

/** Which engine each part runs on: one `case` for each. Clients of engines that are not chosen are never loaded. */

/** @throws Error with everything that is wrong with the store, a line each */
export async function openStorage(choice: StorageConfig, log: Log): Promise<Storage> {
  switch (choice.kind) {
    case 'disk':
      return createDiskStorage({ dir: choice.dir });
    case 's3': {
      const store = await createS3Storage(choice, { log });
      const problems = await store.verify();
      if (problems.length > 0) {
        await store.close();
        throw new Error(`The S3 store cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
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

export function openRunner(config: Config, database: TypeormDatabase, log: Log, telemetry: Telemetry | undefined): JobRunner {
  const { queue } = config;
  return createJobRunner({
    database,
    backend: queue.kind === 'redis' ? { kind: 'redis', url: queue.url.reveal() } : { kind: 'postgres', url: database.url },
    makeCtx: (workspaceId, signal) => systemContext(workspaceId, { signal }),
    // One more ingest than slots: while one waits for the database the decoders stay busy.
    // Writers to Meilisearch wait for its tasks; together they share one.
    concurrency: { media: config.media.slots + 1, ...(config.search.kind === 'meilisearch' ? { search: 100 } : {}) },
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
