import { silentLog } from '../../src/platform/log.ts';
import { createFallbackSearch } from '../../src/platform/search/fallback.ts';
import { createPostgresSearch } from '../../src/platform/search/postgres.ts';
import type { TypeormDatabase } from '../../src/platform/database/external.ts';
import { openTestDatabase } from '../support/database.ts';
import { onEngine } from '../support/engines.ts';
import { openMeili } from '../support/meili.ts';
import { describeSearch } from './search.suite.ts';

const postgresOn = ({ sql, transactions, notifications }: TypeormDatabase) =>
  createPostgresSearch({ sql, transactions, notifications, log: silentLog });

describeSearch('postgres', async () => {
  const { database, drop } = await openTestDatabase();
  const engine = postgresOn(database);
  return {
    engine,
    close: async () => {
      await engine.close();
      await drop();
    },
  };
});

onEngine('Meilisearch', ['MEILI_URL'], (url) => {
  describeSearch('meilisearch', async () => {
    const { database, drop } = await openTestDatabase();
    const { engine, close } = openMeili(url, database);
    return {
      engine,
      close: async () => {
        await close();
        await drop();
      },
    };
  });

  describeSearch('meilisearch with PostgreSQL behind it', async () => {
    const { database, drop } = await openTestDatabase();
    const first = openMeili(url, database);
    const second = postgresOn(database);
    return {
      engine: createFallbackSearch(first.engine, second, silentLog),
      close: async () => {
        await first.close();
        await second.close();
        await drop();
      },
    };
  });
});
