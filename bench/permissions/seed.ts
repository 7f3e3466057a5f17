import type { Ctx } from '../../src/context.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { idOf } from '../search/corpus.ts';

/** Folders and assets without bytes, made by SQL alone: a million of them in minutes. */

/** Top folders, each with as many below. */
export const TOPS = 100;
const BATCH = 50_000;
const GRANTS = 1000;
/** Assets in the folder of old ones: a ten-thousandth of a million. */
const OLD = 100;

const FOLDER = 0xf0;
const ASSET = 0xa0;

export interface Seeded {
  readonly tops: readonly string[];
  /** A folder below the last top with the oldest assets and nothing else. */
  readonly old: string;
  /** The first top folder: a tenth of all assets lie below it. */
  readonly large: string;
}

const topId = (top: number): string => idOf(FOLDER, top * 1000);
const subId = (top: number, sub: number): string => idOf(FOLDER, top * 1000 + sub + 1);

/** 100 top folders with 99 below each (10,000 in all), assets spread over those, and 1,000 grants to others on folders of their own. */
export async function seedLibrary(database: Database, ctx: Ctx, count: number): Promise<Seeded> {
  const { sql } = database;
  const insertFolders = `insert into folder (id, workspace_id, parent_id, name, path, acl_id, created_at)
    select d.id, $1::uuid, coalesce(d.parent, root.id), d.name, d.path, root.acl_id, now()
    from json_to_recordset($2::json) as d(id uuid, parent uuid, name text, path text), folder root
    where root.workspace_id = $1::uuid and root.path = '/'`;
  const tops = Array.from({ length: TOPS }, (_, top) => ({ id: topId(top), parent: null, name: `t${top}`, path: `/t${top}` }));
  const subs = tops.flatMap(({ id, path }, top) =>
    Array.from({ length: TOPS - 1 }, (_, sub) => ({ id: subId(top, sub), parent: id, name: `s${sub}`, path: `${path}/s${sub}` })),
  );
  await sql.query({}, insertFolders, [ctx.workspaceId, JSON.stringify(tops)]);
  await sql.query({}, insertFolders, [ctx.workspaceId, JSON.stringify(subs)]);
  const assetId = `(overlay('01900000-${ASSET.toString(16).padStart(4, '0')}-7000-8000-000000000000' placing lpad(to_hex(i), 12, '0') from 25))::uuid`;
  // The oldest lie together in the last folder; of the others every tenth in the first top folder, the rest everywhere.
  const folder = `case when i < ${OLD} then ${TOPS - 1} * 1000 + ${TOPS - 1}
      when i % 10 = 0 then 1 + (i * 7919 % ${TOPS - 1})
      else (1 + i * 104729 % ${TOPS - 1}) * 1000 + 1 + (i * 7919 % ${TOPS - 2}) end`;
  const folderId = `(overlay('01900000-${FOLDER.toString(16).padStart(4, '0')}-7000-8000-000000000000' placing lpad(to_hex(${folder}), 12, '0') from 25))::uuid`;
  const rows = `(select i, ${assetId} as id, ${folderId} as folder, timestamptz '2019-01-01' + i * interval '1 minute' as at
    from generate_series($2::bigint, $3::bigint) as i) d`;
  const statements = [
    `insert into blob (id, workspace_id, sha256, bytes, created_at) select d.id, $1::uuid, d.id::text, 1000, d.at from ${rows}`,
    `insert into asset (id, workspace_id, folder_id, name, name_key, kind, status, current_version_id, preview_state, created_at, updated_at)
     select d.id, $1::uuid, d.folder, d.i || '.txt', d.i || '.txt', 'other', 'ready', d.id, 'none', d.at, d.at from ${rows}`,
    `insert into file_version (id, workspace_id, asset_id, number, blob_id, original_name, mime, bytes, created_at)
     select d.id, $1::uuid, d.id, 1, d.id, d.i || '.txt', 'text/plain', 1000, d.at from ${rows}`,
  ];
  for (let from = 0; from < count; from += BATCH) {
    const range = [ctx.workspaceId, from, Math.min(from + BATCH, count) - 1];
    await database.transactions.run(ctx, async (inside) => {
      for (const statement of statements) await sql.query(inside, statement, range);
    });
  }
  await grantOthers(database, ctx);
  for (const table of ['asset', 'file_version', 'blob', 'folder', 'acl', 'access_grant']) await sql.query({}, `vacuum analyze ${table}`);
  return { tops: tops.map(({ id }) => id), old: subId(TOPS - 1, TOPS - 2), large: topId(0) };
}

/** Each on a folder of its own, spread over all of them: the trees of acls that everybody's rights are read from. */
async function grantOthers(database: Database, ctx: Ctx): Promise<void> {
  const { sql } = database;
  const folders = Array.from({ length: GRANTS }, (_, at) => subId(at % TOPS, Math.floor(at / TOPS)));
  await database.transactions.run(ctx, async (inside) => {
    await sql.query(
      inside,
      `with made as (
         insert into acl (id, workspace_id, kind, parent_id, created_at)
         select gen_random_uuid(), $1::uuid, 'folder', root.id, now()
         from generate_series(1, $2::int), acl root where root.workspace_id = $1::uuid and root.kind = 'workspace' returning id
       ), numbered as (select id, row_number() over () as n from made)
       insert into access_grant (id, workspace_id, acl_id, principal_kind, principal_id, verbs, effect, created_at)
       select gen_random_uuid(), $1::uuid, id, 'user', 'somebody-' || n, 7, 'allow', now() from numbered`,
      [ctx.workspaceId, GRANTS],
    );
    await sql.query(
      inside,
      `update folder f set acl_id = a.id from unnest($2::uuid[]) with ordinality as d(id, n),
         (select id, row_number() over (order by id) as n from acl where workspace_id = $1::uuid and kind = 'folder') a
       where f.id = d.id and a.n = d.n`,
      [ctx.workspaceId, folders],
    );
  });
}
