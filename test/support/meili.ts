import { Meilisearch } from 'meilisearch';
import type { Database } from '../../src/platform/database/database.ts';
import { newId } from '../../src/platform/database/uuid.ts';
import { type Log, silentLog } from '../../src/platform/log.ts';
import { createMeilisearchEngine, type MeilisearchDeps } from '../../src/platform/search/meilisearch.ts';
import type { SearchEngine } from '../../src/platform/search/search.ts';

/** The key of the server at `MEILI_URL`; null = it has none. */
export function meiliKey(): string | null {
  return process.env.MEILI_MASTER_KEY || null;
}

export interface MeiliWorld {
  readonly engine: SearchEngine;
  readonly client: Meilisearch;
  /** Begins the names of this world's indexes. */
  readonly prefix: string;
  /** A further engine on the same indexes, as another process would have. */
  another(over?: Partial<MeilisearchDeps>): SearchEngine;
  /** Removes the indexes. */
  close(): Promise<void>;
}

/** An engine on the server at `url`, with indexes of its own. */
export function openMeili(url: string, database: Database, log: Log = silentLog): MeiliWorld {
  const prefix = `test-${newId().replaceAll('-', '').slice(-12)}`;
  const masterKey = meiliKey();
  const client = new Meilisearch({ host: url, ...(masterKey === null ? {} : { apiKey: masterKey }) });
  const another = (over: Partial<MeilisearchDeps> = {}) =>
    createMeilisearchEngine({ url, masterKey, prefix, log, sql: database.sql, transactions: database.transactions, ...over });
  const engine = another();
  return {
    engine,
    client,
    prefix,
    another,
    close: async () => {
      await engine.close();
      const { results } = await client.getRawIndexes({ limit: 1000 });
      const tasks = await Promise.all(results.filter(({ uid }) => uid.startsWith(prefix)).map(({ uid }) => client.deleteIndex(uid)));
      for (const task of tasks) await client.tasks.waitForTask(task, { timeout: 30_000 });
    },
  };
}
