import { migrations } from '../../migrations/index.ts';
import { entities } from '../../src/entities.ts';
import { createDatabase, type CreateDatabaseOptions, type TypeormDatabase } from '../../src/platform/database/external.ts';
import { silentLog } from '../../src/platform/log.ts';
import { newDatabase } from './test-server.ts';

/** A database of its own for one test file: a copy of the migrated template (about 60 ms). */
export function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  return newDatabase();
}

/** An empty database, for tests of migrating. */
export function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  return newDatabase(true);
}

/** The `Database` adapter on a database of its own; `drop` closes it and removes the database. */
export async function openTestDatabase(
  options: Partial<CreateDatabaseOptions> = {},
): Promise<{ database: TypeormDatabase; drop(): Promise<void> }> {
  const { url, drop } = await createTestDatabase();
  const database = await createDatabase({ url, entities, migrations, log: silentLog, engine: 'embedded', poolSize: 5, ...options });
  return {
    database,
    drop: async () => {
      await database.close();
      await drop();
    },
  };
}
