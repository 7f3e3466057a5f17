import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { systemContext } from '../context.ts';
import { entities } from '../entities.ts';
import { startEmbedded } from '../platform/database/embedded.ts';
import { createDatabase, type TypeormDatabase } from '../platform/database/external.ts';
import type { MigrationClass } from '../platform/database/migration.ts';
import type { Log } from '../platform/log.ts';
import { createMedia } from '../platform/media/create.ts';
import type { Media } from '../platform/media/media.ts';
import { createJobRunner } from '../platform/queue/bullmq.ts';
import { OutboxQueue } from '../platform/queue/outbox.ts';
import type { JobQueue, JobRunner } from '../platform/queue/queue.ts';
import { createPostgresSearch } from '../platform/search/postgres.ts';
import type { SearchEngine } from '../platform/search/search.ts';
import { createDiskStorage } from '../platform/storage/disk.ts';
import type { Storage } from '../platform/storage/storage.ts';
import { jobFinished, type Telemetry } from '../telemetry.ts';

/** The outside world, by configuration: each choice is one `case`. */
export interface Adapters {
  readonly database: TypeormDatabase;
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly runner: JobRunner;
  readonly searchEngine: SearchEngine;
  readonly media: Media;
  close(): Promise<void>;
}

const notInThisBuild = (what: string): Error => new Error(`${what} comes with a later version of Damson`);

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
    const database = overrides.database ?? (await openDatabase(config, log, migrations, opened));
    const storage = overrides.storage ?? (await openStorage(config));
    opened.push(() => storage.close());
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
        hide: [config.dataDir, ...(config.storage.kind === 'disk' ? [config.storage.dir] : [])],
        ...(config.storage.kind === 'disk' ? { files: config.storage.dir } : {}),
        production: config.env === 'production',
        log,
      });
    opened.push(() => media.close());
    const searchEngine = overrides.searchEngine ?? openSearch(config, database, log);
    opened.push(() => searchEngine.close());
    const queue = overrides.queue ?? new OutboxQueue(database.sql);
    const runner = overrides.runner ?? openRunner(config, database, log, telemetry);
    return { database, storage, media, searchEngine, queue, runner, close: closeAll };
  } catch (error) {
    await closeAll().catch((closing: unknown) => log.warn({ err: closing }, 'closing after a failed start failed'));
    throw error;
  }
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
  const database = await createDatabase({ url, entities, migrations, poolSize: choice.poolSize, engine: choice.kind, log });
  opened.push(() => database.close());
  const applied = await database.migrate();
  if (applied.length > 0) log.info({ applied }, 'migrations applied');
  return database;
}

async function openStorage(config: Config): Promise<Storage> {
  switch (config.storage.kind) {
    case 'disk':
      return createDiskStorage({ dir: config.storage.dir });
    case 's3':
      throw notInThisBuild('S3 storage');
  }
}

function openSearch(config: Config, database: TypeormDatabase, log: Log): SearchEngine {
  switch (config.search.kind) {
    case 'postgres':
      return createPostgresSearch({ sql: database.sql, transactions: database.transactions, notifications: database.notifications, log });
    case 'meilisearch':
      throw notInThisBuild('Meilisearch');
  }
}

function openRunner(config: Config, database: TypeormDatabase, log: Log, telemetry: Telemetry | undefined): JobRunner {
  switch (config.queue.kind) {
    case 'postgres':
      return createJobRunner({
        database,
        backend: { kind: 'postgres', url: database.url },
        makeCtx: (workspaceId, signal) => systemContext(workspaceId, { signal }),
        // One more ingest than slots: while one waits for the database the decoders stay busy.
        concurrency: { media: config.media.slots + 1 },
        log,
        onFinished: telemetry && ((fact) => jobFinished(telemetry, fact)),
      });
    case 'redis':
      throw notInThisBuild('The Redis queue');
  }
}
