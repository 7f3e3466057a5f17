import { expect } from 'chai';
import { type Ctx, systemContext } from '../../../src/context.ts';
import { type AssetForIndex, createSearch, type SearchService } from '../../../src/modules/library/search/index.ts';
import { unavailable } from '../../../src/errors.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { silentLog } from '../../../src/platform/log.ts';
import type { JobDef, JobQueue } from '../../../src/platform/queue/queue.ts';
import { createPostgresSearch, type PostgresSearch } from '../../../src/platform/search/postgres.ts';
import type { SearchEngine, SearchQuery } from '../../../src/platform/search/search.ts';
import { openTestDatabase } from '../../support/database.ts';

const QUERY: SearchQuery = {
  words: [],
  phrases: [],
  notWords: [],
  filter: null,
  visibleFolders: null,
  sort: { field: 'created', descending: true },
  limit: 200,
  cursor: null,
  facets: [],
};

function asset(over: Partial<AssetForIndex> = {}): AssetForIndex {
  const at = new Date('2026-02-01T10:00:00Z');
  return {
    ...{
      id: newId(),
      searchVersion: 1,
      deleted: false,
      folderId: newId(),
      folderIds: [],
      folderPath: '/',
      kind: 'image',
      mime: 'image/png',
    },
    ...{
      name: 'a.png',
      title: null,
      description: null,
      tags: [],
      camera: null,
      lens: null,
      creator: null,
      copyright: null,
      licence: null,
      alt: null,
    },
    ...{
      colours: [],
      width: 800,
      height: 600,
      bytes: 10,
      durationMs: null,
      takenAt: null,
      createdAt: at,
      updatedAt: at,
      status: 'ready',
      published: false,
    },
    ...over,
  };
}

/** What stands in for the assets module: a map. */
class Library {
  readonly rows = new Map<string, AssetForIndex>();
  loads = 0;

  put(row: AssetForIndex): AssetForIndex {
    this.rows.set(row.id, row);
    return row;
  }

  load(ids: readonly string[]): AssetForIndex[] {
    this.loads += 1;
    return ids.flatMap((id) => this.rows.get(id) ?? []);
  }

  async *list(): AsyncIterable<{ id: string; version: number }> {
    const live = [...this.rows.values()].filter((row) => !row.deleted).sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const { id, searchVersion } of live) yield { id, version: searchVersion };
  }
}

describe('search service', () => {
  let engine: PostgresSearch;
  let stop: () => Promise<void>;
  let library: Library;
  let search: SearchService;
  let ctx: Ctx;
  const queued: { name: string; payload: unknown }[] = [];
  const queue: JobQueue = {
    enqueue: async (_ctx, job, payload) => void queued.push({ name: job.name, payload }),
    enqueueMany: async <P>(_ctx: Ctx, job: JobDef<P>, payloads: readonly P[]) => {
      for (const payload of payloads) queued.push({ name: job.name, payload });
    },
  };

  before(async () => {
    const { database, drop } = await openTestDatabase();
    engine = createPostgresSearch({
      sql: database.sql,
      transactions: database.transactions,
      notifications: database.notifications,
      log: silentLog,
    });
    stop = async () => {
      await engine.close();
      await drop();
    };
  });
  after(() => stop());
  beforeEach(() => {
    ctx = systemContext(newId());
    library = new Library();
    queued.length = 0;
    search = createSearch({ engine, queue, loadForIndex: async (_ctx, ids) => library.load(ids), listForIndex: () => library.list() });
  });

  const ids = async (over: Partial<SearchQuery> = {}) => [...(await search.search(ctx, { ...QUERY, ...over })).ids].sort();

  it('builds documents from the database as it is now', async () => {
    const row = library.put(asset({ title: 'first' }));
    await search.index(ctx, [row.id]);
    library.put({ ...row, searchVersion: 2, title: 'second' });
    await search.index(ctx, [row.id]);
    await search.index(ctx, [row.id]);
    expect(await ids({ words: ['second'] })).to.deep.equal([row.id]);
    expect(await ids({ words: ['first'] })).to.deep.equal([]);
  });

  it('takes out what is in the trash or gone, and brings back what is restored', async () => {
    const [kept, trashed, gone] = [library.put(asset()), library.put(asset()), library.put(asset())];
    const all = [kept.id, trashed.id, gone.id];
    await search.index(ctx, all);
    library.put({ ...trashed, deleted: true, searchVersion: 2 });
    library.rows.delete(gone.id);
    await search.index(ctx, all);
    expect(await ids()).to.deep.equal([kept.id]);
    library.put({ ...trashed, searchVersion: 3 });
    await search.index(ctx, all);
    expect(await ids()).to.deep.equal([kept.id, trashed.id].sort());
    // A document of a lost asset, built by a run that began before it went.
    library.rows.set(gone.id, gone);
    await search.index(ctx, [gone.id]);
    expect(await ids()).to.not.include(gone.id);
  });

  it('queues ids in jobs of at most 500, each once', async () => {
    const many = Array.from({ length: 1200 }, () => newId());
    await search.enqueue(ctx, [...many, ...many]);
    expect(queued.map(({ name, payload }) => [name, search.indexJob.payload.parse(payload).assetIds.length])).to.deep.equal([
      ['search.index', 500],
      ['search.index', 500],
      ['search.index', 200],
    ]);
    await search.enqueue(ctx, []);
    expect(queued).to.have.length(3);
  });

  it('completes the job only after the engine has the documents', async () => {
    const row = library.put(asset({ title: 'jobbed' }));
    let seen: string[] = [];
    const run = {
      ...{ id: newId(), attempt: 1, maxAttempts: 12 },
      complete: async () => {
        seen = await ids({ words: ['jobbed'] });
        return true;
      },
    };
    await search.indexJob.handle(ctx, { assetIds: [row.id] }, run);
    expect(seen).to.deep.equal([row.id]);
  });

  it('does not complete the job when the engine fails', async () => {
    const away = async () => Promise.reject(new Error('away'));
    const broken: SearchEngine = {
      ...{ features: engine.features, index: away, remove: away, search: away, suggest: away, describe: away },
      ...{ entries: (within) => engine.entries(within), close: async () => undefined },
    };
    const failing = createSearch({
      ...{ engine: broken, queue, loadForIndex: async () => [asset()], listForIndex: () => library.list() },
    });
    let completed = false;
    const run = { ...{ id: newId(), attempt: 1, maxAttempts: 12 }, complete: async () => (completed = true) };
    const error = await failing.indexJob.handle(ctx, { assetIds: [newId()] }, run).then(
      () => null,
      (problem: Error) => problem.message,
    );
    expect([error, completed]).to.deep.equal(['away', false]);
  });

  it('waits for an engine that is away, and leaves the work in the queue when it stays away', async () => {
    const row = library.put(asset({ title: 'patient' }));
    let calls = 0;
    const flaky: SearchEngine = {
      ...{ features: engine.features, remove: engine.remove.bind(engine), search: engine.search.bind(engine) },
      ...{ suggest: engine.suggest.bind(engine), entries: engine.entries.bind(engine), describe: () => engine.describe() },
      close: async () => undefined,
      index: async (within, documents) => {
        calls += 1;
        if (calls === 1) throw unavailable();
        await engine.index(within, documents);
      },
    };
    const waiting = createSearch({
      ...{ engine: flaky, queue, loadForIndex: async (_ctx, some) => library.load(some), listForIndex: () => library.list() },
    });
    let completed = false;
    const run = { ...{ id: newId(), attempt: 1, maxAttempts: 12 }, complete: async () => (completed = true) };
    await waiting.indexJob.handle(ctx, { assetIds: [row.id] }, run);
    expect([calls, completed]).to.deep.equal([2, true]);
    expect(await ids({ words: ['patient'] })).to.deep.equal([row.id]);

    await waiting.indexJob.onFailed?.(ctx, { assetIds: [row.id] }, unavailable());
    expect(queued).to.deep.equal([{ name: 'search.index', payload: { assetIds: [row.id] } }]);
    await waiting.indexJob.onFailed?.(ctx, { assetIds: [row.id] }, new Error('the documents are not taken'));
    expect(queued, 'what will never work is not tried for ever').to.have.length(1);
  });

  it('names drift and repairs it by indexing everything again', async () => {
    const rows = Array.from({ length: 1100 }, (_, at) => library.put(asset({ name: `p${at}.png`, tags: [`t${at % 2}`] })));
    await search.index(
      ctx,
      rows.slice(0, 1000).map(({ id }) => id),
    );
    const [stale, ghost] = [rows[1], rows[2]];
    if (!stale || !ghost) throw new Error('no rows');
    library.put({ ...stale, searchVersion: 2 });
    library.rows.delete(ghost.id);
    const before = await search.drift(ctx);
    expect(before).to.deep.include({ missing: 100, stale: 1, ghosts: 1 });
    expect(before.sample).to.have.length(20);

    const steps: number[] = [];
    const state = await search.reindex(ctx, ({ done }) => void steps.push(done));
    expect(state).to.deep.equal({ done: 1099, removed: 1 });
    expect(steps).to.deep.equal([500, 1000, 1099, 1099]);
    expect(await search.drift(ctx)).to.deep.equal({ missing: 0, stale: 0, ghosts: 0, sample: [] });
    expect((await search.search(ctx, QUERY)).total).to.deep.equal({ value: 1099, relation: 'eq' });
  });

  it('stops reindexing when told to', async () => {
    for (let at = 0; at < 1200; at += 1) library.put(asset());
    const stopper = new AbortController();
    const running = search.reindex({ ...ctx, signal: stopper.signal }, () => stopper.abort());
    expect(await running.catch((error: Error) => error.name)).to.equal('AbortError');
    expect(library.loads).to.equal(1);
  });
});
