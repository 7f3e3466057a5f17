import { link, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '../../config/config.ts';
import { createApp } from '../../src/app.ts';
import { createContainer } from '../../src/container.ts';
import { systemContext } from '../../src/context.ts';
import { newId } from '../../src/platform/database/uuid.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { createHttpServer } from '../../src/platform/http/server.ts';
import { createLogger } from '../../src/platform/log.ts';
import { keys } from '../../src/platform/storage/keys.ts';
import { serveChild } from '../lib/child.ts';

/**
 * A whole Damson on an empty folder, embedded stack, fsync on. Ready it says `{url, key}` (an administrator's API key). Asked
 * `{clone: assetId, times}` it answers `{ids}`: copies of a public asset, each with a blob of its own (the same file, linked).
 */

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
await container.work();

const ctx = systemContext(container.workspaceId);
const [admin] = (await container.identity.members.list(ctx)).items;
if (!admin) throw new Error('there is no administrator');
const actor = { kind: 'user' as const, id: admin.userId, userId: admin.userId, role: 'admin' as const, scopes: null };
const { key } = await container.identity.apiKeys.create(
  { ...ctx, actor },
  { name: 'bench', scopes: ['assets:read', 'assets:write', 'assets:publish', 'folders:write'] },
);

async function clone(assetId: string, times: number): Promise<string[]> {
  const { sql } = container.database;
  const [source] = await sql.query<{ blob_id: string }>(
    {},
    'select v.blob_id from asset a join file_version v on v.id = a.current_version_id where a.id = $1',
    [assetId],
  );
  if (!source) throw new Error('no such asset');
  const copies = Array.from({ length: times }, () => ({ asset: newId(), version: newId(), blob: newId() }));
  const path = (blob: string) => container.storage.withLocalFile(keys.original(ctx.workspaceId, blob), async (file) => file);
  const original = await path(source.blob_id);
  if (original === null) throw new Error('the original is missing');
  for (const copy of copies) await link(original, join(dirname(original), copy.blob));
  const json = JSON.stringify(copies);
  await container.database.transactions.run(ctx, async (inside) => {
    for (const statement of CLONE) await sql.query(inside, statement, [json, assetId]);
  });
  return copies.map((copy) => copy.asset);
}

const rows = `json_to_recordset($1::json) as c(asset uuid, version uuid, blob uuid)`;
const CLONE = [
  `insert into blob (id, workspace_id, sha256, bytes, created_at)
   select c.blob, b.workspace_id, c.blob::text, b.bytes, b.created_at from ${rows}, blob b
   where b.id = (select v.blob_id from asset a join file_version v on v.id = a.current_version_id where a.id = $2)`,
  `insert into asset (id, workspace_id, folder_id, name, name_key, kind, status, current_version_id, preview_state, published_manually,
     created_at, updated_at)
   select c.asset, a.workspace_id, a.folder_id, c.asset || a.name, c.asset || a.name_key, a.kind, a.status, c.version, a.preview_state, true,
     a.created_at, a.updated_at from ${rows}, asset a where a.id = $2`,
  `insert into file_version (id, workspace_id, asset_id, number, blob_id, original_name, mime, extension, bytes, width, height, frames,
     has_alpha, orientation, ingested_at, created_at)
   select c.version, v.workspace_id, c.asset, 1, c.blob, v.original_name, v.mime, v.extension, v.bytes, v.width, v.height, v.frames,
     v.has_alpha, v.orientation, v.ingested_at, v.created_at
   from ${rows}, file_version v where v.id = (select current_version_id from asset where id = $2)`,
];

serveChild(
  { url: config.http.publicUrl, key },
  async (question) => {
    const { clone: assetId, times } = question as { clone: string; times: number };
    return { ids: await clone(assetId, times) };
  },
  async () => {
    await server.close(2_000);
    await container.close();
    await rm(dataDir, { recursive: true, force: true });
  },
);
