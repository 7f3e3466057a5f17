import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { entities } from '../entities.ts';
import { StartError } from '../errors.ts';
import { startEmbedded } from '../platform/database/embedded.ts';
import type { TypeormDatabase } from '../platform/database/external.ts';
import type { MigrationClass } from '../platform/database/migration.ts';
import type { RateLimiter } from '../platform/http/rate-limit.ts';
import type { Log } from '../platform/log.ts';
import { createMedia } from '../platform/media/create.ts';
import type { Media } from '../platform/media/media.ts';
import { OutboxQueue } from '../platform/queue/outbox.ts';
import type { JobQueue, JobRunner } from '../platform/queue/queue.ts';
import type { SearchEngine } from '../platform/search/search.ts';
import type { Storage } from '../platform/storage/storage.ts';
import type { Telemetry } from '../telemetry.ts';
import { checkQueue, checkSearch, connectDatabase, openLimiter, openRunner, openSearch, openStorage } from './engines.ts';

/** The outside world, by configuration: each choice is one `case`. */
export interface Adapters {
  readonly database: TypeormDatabase;
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly runner: JobRunner;
  readonly searchEngine: SearchEngine;
  readonly media: Media;
  /** Budgets of callers, shared by all processes where there is Redis. */
  readonly limiter: RateLimiter;
  close(): Promise<void>;
}

export async function createAdapters(
  config: Config,
  log: Log,
  migrations: readonly MigrationClass[],
  overrides: Partial<Adapters>,
  telemetry?: Telemetry,
): Promise<Adapters> {
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const [database, storage] = await allTold([
      (async () => overrides.database ?? (await openDatabase(config, log, migrations, opened)))(),
      (async () => {
        const store = overrides.storage ?? (await openStorage(config.storage, log));
        opened.push(() => store.close());
        return store;
      })(),
      overrides.runner === undefined ? checkQueue(config.queue) : undefined,
      overrides.searchEngine === undefined ? checkSearch(config.search) : undefined,
    ]);
    const media =
      overrides.media ??
      createMedia({
        slots: config.media.slots,
        sandbox: config.media.sandbox,
        maxPixels: config.limits.imageMaxPixels,
        ffmpegPath: config.media.ffmpegPath ?? undefined,
        ffprobePath: config.media.ffprobePath ?? undefined,
        tempDir: join(config.dataDir, 'tmp', 'media'),
        // Secrets, the embedded database with its password, and everybody's originals: a decoder that was taken over finds none of it.
        hide: [config.dataDir, config.storage.kind === 'disk' ? config.storage.dir : config.storage.cache.dir],
        files: config.storage.kind === 'disk' ? config.storage.dir : config.storage.cache.dir,
        production: config.env === 'production',
        log,
      });
    opened.push(() => media.close());
    const searchEngine = overrides.searchEngine ?? openSearch(config.search, database, log);
    opened.push(() => searchEngine.close());
    const queue = overrides.queue ?? new OutboxQueue(database.sql);
    const runner = overrides.runner ?? openRunner(config, database, log, telemetry);
    const limiter = overrides.limiter ?? (await openLimiter(config, log, opened));
    return { database, storage, media, searchEngine, queue, runner, limiter, close: closeAll };
  } catch (error) {
    await closeAll().catch((closing: unknown) => log.warn({ err: closing }, 'closing after a failed start failed'));
    throw error;
  }
}

/** Waits for all, so that whoever mends one thing need not start again to hear of the next. @throws StartError when several fail */
async function allTold<T extends readonly unknown[]>(parts: readonly [...T]): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(parts);
  const reasons = settled.flatMap((part) => (part.status === 'rejected' ? [part.reason as unknown] : []));
  if (reasons.length === 1) throw reasons[0];
  if (reasons.length > 1)
    throw new StartError(reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))).join('\n'));
  return Promise.all(parts);
}

async function openDatabase(
  config: Config,
  log: Log,
  migrations: readonly MigrationClass[],
  opened: (() => Promise<void>)[],
): Promise<TypeormDatabase> {
  const choice = config.database;
  let url: string;
  switch (choice.kind) {
    case 'embedded': {
      const server = await startEmbedded({ dataDir: choice.dataDir, log });
      opened.push(() => server.close());
      url = server.url;
      break;
    }
    case 'external':
      url = choice.url.reveal();
      break;
  }
  const database = await connectDatabase(choice, { url, entities, migrations, poolSize: choice.poolSize, log });
  opened.push(() => database.close());
  const applied = await database.migrate();
  if (applied.length > 0) log.info({ applied }, 'migrations applied');
  return database;
}
