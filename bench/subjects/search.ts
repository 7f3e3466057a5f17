import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadConfig } from '../../config/config.ts';
import { createApp } from '../../src/app.ts';
import { createContainer } from '../../src/container.ts';
import { systemContext } from '../../src/context.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { createHttpServer } from '../../src/platform/http/server.ts';
import { createLogger } from '../../src/platform/log.ts';
import { serveChild } from '../lib/child.ts';
import { makeCorpus } from '../search/corpus.ts';
import { SEED_ASSETS, SEED_FOLDERS } from '../search/seed.ts';

/**
 * A whole Damson (embedded stack, fsync on) with a generated library of as many assets as the first argument says, without bytes. Ready it says
 * `{url, key, seededMs, loadMs, blockedMs, postgres}`; asked anything it writes one search document, so that kept matches are dropped.
 */

const count = Number(process.argv[2] ?? 1000);
const BATCH = 2000;

const dataDir = await mkdtemp(join(tmpdir(), 'damson-bench-'));
const port = await freePort('127.0.0.1');
const config = loadConfig({
  ...process.env,
  PORT: String(port),
  DATA_DIR: dataDir,
  ADMIN_EMAIL: 'bench@example.com',
  ADMIN_PASSWORD: 'a-password-for-the-bench',
  LOG_LEVEL: process.env['BENCH_LOG'] ?? 'warn',
  RATE_LIMIT: 'off',
});
const container = await createContainer(config, { log: createLogger({ level: config.log.level, format: 'pretty' }) });
const server = createHttpServer(createApp(container, { webDir: null }), container.delivery.hot);
await server.listen(port, '127.0.0.1');

const ctx = systemContext(container.workspaceId);
const [admin] = (await container.identity.members.list(ctx)).items;
if (!admin) throw new Error('there is no administrator');
const actor = { kind: 'user' as const, id: admin.userId, userId: admin.userId, role: 'admin' as const, scopes: null };
const { key } = await container.identity.apiKeys.create({ ...ctx, actor }, { name: 'bench', scopes: ['assets:read'] });

const corpus = makeCorpus(1);
const { sql } = container.database;

/** The text index is built after the rows: filling it row by row takes three times as long. */
async function seed(): Promise<void> {
  await sql.query({}, SEED_FOLDERS, [ctx.workspaceId, corpus.folders]);
  await sql.query({}, 'drop index search_text_tsv_idx');
  for (let at = 0; at < count; at += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => corpus.document(at + n));
    const json = JSON.stringify(documents);
    await container.database.transactions.run(ctx, async (inside) => {
      for (const statement of SEED_ASSETS) await sql.query(inside, statement, [ctx.workspaceId, json]);
    });
    await container.searchEngine.index(ctx, documents);
  }
  await sql.query({}, 'create index search_text_tsv_idx on search_text using gin (tsv) with (fastupdate = off)');
  for (const table of ['asset', 'file_version', 'asset_term', 'search_document', 'search_text', 'lexicon']) {
    await sql.query({}, `vacuum analyze ${table}`);
  }
}

const seeding = performance.now();
await seed();
const loading = performance.now();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await container.searchEngine.suggest(ctx, 'zzzz', null, 1);
delay.disable();
const loaded = performance.now();

let version = Date.now();
serveChild(
  {
    ...{ url: config.http.publicUrl, key, seededMs: loading - seeding, loadMs: loaded - loading, blockedMs: delay.max / 1e6 },
    postgres: (await container.searchEngine.describe()).version,
  },
  async () => {
    version += 1;
    await container.searchEngine.index(ctx, [{ ...corpus.document(0), version }]);
    await container.searchEngine.suggest(ctx, 'zzzz', null, 1);
    return {};
  },
  async () => {
    await server.close(2_000);
    await container.close();
    await rm(dataDir, { recursive: true, force: true });
  },
);
