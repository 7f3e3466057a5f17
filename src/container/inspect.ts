import type { Config } from '../../config/config.ts';
import { migrations } from '../../migrations/index.ts';
import { entities } from '../entities.ts';
import { startEmbedded } from '../platform/database/embedded.ts';
import type { TypeormDatabase } from '../platform/database/external.ts';
import { type DatabaseInspection, inspectDatabase } from '../platform/database/inspection.ts';
import type { Log } from '../platform/log.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import { connectDatabase } from './engines.ts';

/** What `migrate` and `doctor` need: the outside world without the modules, and nothing migrated by itself. */
export interface Inspected {
  readonly database: TypeormDatabase;
  /** Names of migrations that the database lacks. */
  pending(): Promise<string[]>;
  /** Settings of the server that matter, and what is wrong with them. */
  settings(): Promise<DatabaseInspection>;
  /** The other adapters, on the same database. */
  adapters(): Promise<Adapters>;
  close(): Promise<void>;
}

/** Connects the database alone; the embedded one is started when nobody has. Throws when it cannot be reached. */
export async function inspect(config: Config, log: Log): Promise<Inspected> {
  const choice = config.database;
  const server = choice.kind === 'embedded' ? await startEmbedded({ dataDir: choice.dataDir, log }) : null;
  const url = choice.kind === 'external' ? choice.url.reveal() : (server?.url ?? '');
  const open = () => connectDatabase(choice, { url, entities, migrations, poolSize: 3, log });
  const database = await open().catch(async (error: unknown) => {
    await server?.close();
    throw error;
  });
  const opened: Adapters[] = [];
  return {
    database,
    pending: () => pendingOf(database),
    settings: () => inspectDatabase(database),
    adapters: async () => {
      const adapters = await createAdapters(config, log, [], { database: unchanged(database) });
      opened.push(adapters);
      return adapters;
    },
    close: async () => {
      for (const adapters of opened) {
        await adapters.runner.close(0);
        await adapters.close();
      }
      await database.close();
      await server?.close();
    },
  };
}

/** The same database, which adapters cannot migrate. */
function unchanged(database: TypeormDatabase): TypeormDatabase {
  const { dataSource, transactions, sql, notifications, url } = database;
  return {
    ...{ dataSource, transactions, sql, notifications, url },
    describe: () => database.describe(),
    migrate: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

async function pendingOf({ sql }: TypeormDatabase): Promise<string[]> {
  const known = migrations.map((Migration) => new Migration().name ?? Migration.name);
  const [found] = await sql.query<{ there: boolean }>({}, `select to_regclass('schema_migration') is not null as there`);
  if (!found?.there) return known;
  const rows = await sql.query<{ name: string }>({}, 'select name from schema_migration');
  const applied = new Set(rows.map((row) => row.name));
  return known.filter((name) => !applied.has(name));
}
