import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Meilisearch } from 'meilisearch';
import { loadConfig } from '../../config/config.ts';
import { createContainer } from '../../src/container.ts';
import { systemContext } from '../../src/context.ts';
import { searchParams, toSearchQuery } from '../../src/modules/library/search/index.ts';
import { createLogger } from '../../src/platform/log.ts';
import { allOf, filterOf, isAnyOf } from '../../src/platform/search/meilisearch/filter.ts';
import { FACET_ATTRIBUTES, SORT_ATTRIBUTES } from '../../src/platform/search/meilisearch/settings.ts';
import type { SearchDocument } from '../../src/platform/search/search.ts';
import { serveChild } from '../lib/child.ts';
import { makeCorpus } from '../search/corpus.ts';
import { fixedQueries } from '../search/queries.ts';
import { SEED_ASSETS, SEED_FOLDERS } from '../search/seed.ts';

/**
 * Damson on the Meilisearch at MEILI_URL (embedded database, fsync on) with as many generated assets as the first argument says, and beside it on the
 * same server an index as anyone would make it for the same documents. Asked `{do: "search"}` it runs the queries with facets once and says what each took on
 * either; asked `{do: "lag", rate, seconds}` it changes assets and says how long each change took to be found.
 */

const count = Number(process.argv[2] ?? 1000);
const BATCH = 2000;
const FOLDERS = 2000;
/** Of which the actor sees these. */
const VISIBLE = 1000;

const url = process.env['MEILI_URL'];
if (!url) throw new Error('this bench needs a Meilisearch: set MEILI_URL (and MEILI_MASTER_KEY)');
const apiKey = process.env['MEILI_MASTER_KEY'];
// Unpacked answers, as Damson asks for them: packed ones take 45 ms more on a kept connection.
const requestInit = { headers: { 'Accept-Encoding': 'identity' } };
const client = new Meilisearch({ host: url, timeout: 60_000, requestInit, ...(apiKey ? { apiKey } : {}) });

const dataDir = await mkdtemp(join(tmpdir(), 'damson-bench-'));
const config = loadConfig({
  ...process.env,
  DATA_DIR: dataDir,
  ADMIN_EMAIL: 'bench@example.com',
  ADMIN_PASSWORD: 'a-password-for-the-bench',
  LOG_LEVEL: process.env['BENCH_LOG'] ?? 'warn',
});
const container = await createContainer(config, { log: createLogger({ level: config.log.level, format: 'pretty' }) });
const ctx = systemContext(container.workspaceId);
const indexUid = `damson-${container.workspaceId}`;
const bareUid = `bare-${container.workspaceId}`;
const { sql, transactions } = container.database;
const corpus = makeCorpus(1, 60_000, FOLDERS);
const visibleFolders = corpus.folders.filter((_, at) => at % (FOLDERS / VISIBLE) === 0);
const waiting = { timeout: 600_000, interval: 20 };

/** The document as it is, with times as numbers. */
function plain(document: SearchDocument): Record<string, unknown> {
  const { created, updated, taken } = document;
  const times = { created: Date.parse(created), updated: Date.parse(updated), ...(taken === null ? {} : { taken: Date.parse(taken) }) };
  return { ...document, taken: null, ...times, nameKey: document.name };
}

async function makeBare(): Promise<void> {
  await client.createIndex(bareUid, { primaryKey: 'id' }).waitTask(waiting);
  await client
    .index(bareUid)
    .updateSettings({
      searchableAttributes: ['name', 'title', 'tags', 'description', 'camera', 'people', 'lens', 'folderPath', 'text'],
      filterableAttributes: [
        ...Object.values(FACET_ATTRIBUTES),
        'width',
        'height',
        'megapixels',
        'bytes',
        'duration',
        'created',
        'updated',
        'taken',
      ],
      sortableAttributes: Object.values(SORT_ATTRIBUTES),
    })
    .waitTask(waiting);
}

async function seed(): Promise<{ damsonMs: number; bareMs: number }> {
  const took = { damsonMs: 0, bareMs: 0 };
  await makeBare();
  await sql.query({}, SEED_FOLDERS, [ctx.workspaceId, corpus.folders]);
  for (let at = 0; at < count; at += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => corpus.document(at + n));
    const json = JSON.stringify(documents);
    await transactions.run(ctx, async (inside) => {
      for (const statement of SEED_ASSETS) await sql.query(inside, statement, [ctx.workspaceId, json]);
    });
    took.damsonMs += await timed(() => container.searchEngine.index(ctx, documents));
    took.bareMs += await timed(() => client.index(bareUid).addDocuments(documents.map(plain)).waitTask(waiting));
  }
  for (const table of ['asset', 'file_version', 'asset_term']) await sql.query({}, `vacuum analyze ${table}`);
  return took;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

interface Sample {
  readonly kind: string;
  /** Milliseconds: ours; the bare query with the same folders in its filter; the bare query without them. */
  readonly damson: number;
  readonly bare: number;
  readonly bareUnfiltered: number;
}

/** Each query on all three, in turns, so that whatever else the machine does meets all. */
async function searchRound(): Promise<{ samples: Sample[] }> {
  const samples: Sample[] = [];
  for (const { kind, search } of fixedQueries().filter(({ faceted }) => faceted)) {
    const params = searchParams.parse(Object.fromEntries(new URLSearchParams(search)));
    const query = toSearchQuery(params, { visibleFolders });
    const { field, descending } = query.sort;
    const filter = query.filter === null ? null : filterOf(query.filter);
    const bare = {
      facets: query.facets.map((facet) => FACET_ATTRIBUTES[facet]),
      limit: query.limit,
      attributesToRetrieve: ['id'],
      ...(field === 'relevance' ? {} : { sort: [`${SORT_ATTRIBUTES[field]}:${descending ? 'desc' : 'asc'}`] }),
    };
    const ask = (within: string | null) =>
      client.index(bareUid).search(params.q ?? null, { ...bare, ...(within === null ? {} : { filter: within }) });
    const folders = isAnyOf('folder', visibleFolders);
    const bareMs = await timed(() => ask(allOf([folders, filter])));
    const damsonMs = await timed(() => container.searchEngine.search(ctx, query));
    const bareUnfiltered = await timed(() => ask(filter));
    samples.push({ kind, damson: damsonMs, bare: bareMs, bareUnfiltered });
  }
  return { samples };
}

/** Milliseconds from the commit of each change to the moment its version is in the index. */
async function lag(rate: number, seconds: number): Promise<{ lags: number[] }> {
  const open = new Map<string, { version: number; since: number }>();
  const lags: number[] = [];
  const total = rate * seconds;
  const begin = performance.now();
  const changing = (async () => {
    for (let n = 0; n < total; n += 1) {
      const due = begin + (n * 1000) / rate;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const { id } = corpus.document((n * 7919) % count);
      const version = await transactions.run(ctx, async (inside) => {
        const change =
          'update asset set title = $3, search_version = search_version + 1 where workspace_id = $1 and id = $2 returning search_version::float8 as version';
        const [row] = await sql.query<{ version: number }>(inside, change, [ctx.workspaceId, id, `changed ${n}`]);
        await container.search.enqueue(inside, [id]);
        return row?.version ?? 0;
      });
      open.set(id, { version, since: performance.now() });
    }
  })();
  let changed = false;
  void changing.finally(() => {
    changed = true;
  });
  while (!changed || open.size > 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (open.size === 0) continue;
    const body = { ids: [...open.keys()], fields: ['id', 'version'], limit: open.size };
    const { results } = await client.httpRequest.post<{ results: { id: string; version: number }[] }>({
      path: `indexes/${indexUid}/documents/fetch`,
      body,
    });
    const now = performance.now();
    for (const { id, version } of results) {
      const waited = open.get(id);
      if (!waited || version < waited.version) continue;
      lags.push(now - waited.since);
      open.delete(id);
    }
  }
  await changing;
  return { lags };
}

const took = await seed();
await container.work(['search']);
serveChild(
  { ...took, version: (await client.getVersion()).pkgVersion, postgres: (await container.database.describe()).version },
  async (question) => {
    const { rate, seconds } = question as { rate?: number; seconds?: number };
    return rate === undefined || seconds === undefined ? searchRound() : lag(rate, seconds);
  },
  async () => {
    await container.close();
    for (const uid of [indexUid, bareUid]) await client.deleteIndex(uid).waitTask(waiting);
    await rm(dataDir, { recursive: true, force: true });
  },
);
