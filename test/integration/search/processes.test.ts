import { expect } from 'chai';
import { migrations } from '../../../migrations/index.ts';
import { type Ctx, systemContext } from '../../../src/context.ts';
import { createDatabase } from '../../../src/platform/database/external.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createPostgresSearch, type PostgresSearch } from '../../../src/platform/search/postgres.ts';
import type { SearchDocument, SearchQuery } from '../../../src/platform/search/search.ts';
import { createTestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

/** Two engines on one database, as two processes have them. */

function document(over: Partial<SearchDocument>): SearchDocument {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    ...{
      id: newId(),
      version: 1,
      folder: 'f',
      kind: 'image',
      mime: 'image/png',
      name: 'a.png',
      title: null,
      description: null,
      tags: [],
      folders: [],
    },
    ...{
      folderPath: '/',
      camera: null,
      lens: null,
      people: [],
      colours: [],
      orientation: null,
      width: null,
      height: null,
      megapixels: null,
    },
    ...{
      bytes: 1,
      duration: null,
      taken: null,
      created: at,
      updated: at,
      year: 2026,
      status: 'ready',
      published: false,
      missing: [],
      text: '',
    },
    ...over,
  };
}

const QUERY: SearchQuery = {
  ...{ words: [], phrases: [], notWords: [], filter: null, visibleFolders: null, limit: 50, cursor: null, facets: [] },
  sort: { field: 'created', descending: true },
};

describe('search in two processes', () => {
  let here: { database: Database; engine: PostgresSearch };
  let there: typeof here;
  let stop: () => Promise<void>;
  let ctx: Ctx;

  before(async () => {
    const { url, drop } = await createTestDatabase();
    const open = async () => {
      const database = await createDatabase({ url, entities: [], migrations, log: silentLog, poolSize: 4 });
      const { sql, transactions, notifications } = database;
      return { database, engine: createPostgresSearch({ sql, transactions, notifications, log: silentLog }) };
    };
    [here, there] = [await open(), await open()];
    stop = async () => {
      for (const { database, engine } of [here, there]) {
        await engine.close();
        await database.close();
      }
      await drop();
    };
  });
  after(() => stop());
  beforeEach(() => {
    ctx = systemContext(newId());
  });

  const count = async ({ engine }: typeof here) => (await engine.search(ctx, QUERY)).total.value;

  it('sees soon what the other has written and removed', async () => {
    expect([await count(here), await count(there)]).to.deep.equal([0, 0]);
    const docs = Array.from({ length: 2500 }, () => document({ tags: ['far'] }));
    await here.engine.index(ctx, docs);
    expect(await count(here)).to.equal(2500);
    await until('the other process sees all', async () => (await count(there)) === 2500);
    await there.engine.remove(ctx, [{ id: docs[0]?.id ?? '', version: 2 }]);
    await until('the removal came back', async () => (await count(here)) === 2499);
  });

  it('shows what a transaction wrote after its commit, and nothing of one rolled back', async () => {
    expect(await count(here)).to.equal(0);
    await here.database.transactions.run(ctx, async (within) => {
      await here.engine.index(within, [document({})]);
      expect(await count(here), 'not yet committed').to.equal(0);
    });
    await until('the commit is seen', async () => (await count(here)) === 1);
    const failed = here.database.transactions.run(ctx, async (within) => {
      await here.engine.index(within, [document({})]);
      throw new Error('back');
    });
    expect(await failed.catch((error: Error) => error.message)).to.equal('back');
    await here.engine.index(ctx, [document({})]);
    expect(await count(here)).to.equal(2);
  });

  it('catches up after its notification connection was lost', async () => {
    await there.engine.index(ctx, [document({})]);
    expect(await count(here)).to.equal(1);
    await there.database.sql.query(
      {},
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'damson-listen'`,
    );
    await there.engine.index(ctx, [document({})]);
    await until('the write is seen', async () => (await count(here)) === 2);
  });

  it('counts words in the lexicon exactly through changes and removals', async () => {
    const docs = [document({ title: 'alpha beta' }), document({ title: 'alpha gamma' }), document({ title: 'beta' })];
    await here.engine.index(ctx, docs);
    await here.engine.index(ctx, [{ ...docs[0], version: 2, title: 'alpha delta 2024' } as SearchDocument]);
    await here.engine.remove(ctx, [{ id: docs[1]?.id ?? '', version: 2 }]);
    const rows = await here.database.sql.query<{ word: string; docs: number }>(
      {},
      'select word, docs from lexicon where workspace_id = $1',
      [ctx.workspaceId],
    );
    expect(Object.fromEntries(rows.map(({ word, docs: n }) => [word, n]))).to.deep.equal({ alpha: 1, beta: 1, delta: 1, png: 2 });
  });
});
