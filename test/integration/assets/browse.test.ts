import { expect } from 'chai';
import { type Ctx, systemContext } from '../../../src/context.ts';
import { AssetsRepository } from '../../../src/modules/library/assets/assets.repository.ts';
import { browseStatement, FEW_FOLDERS } from '../../../src/modules/library/assets/assets.browse.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { openTestDatabase } from '../../support/database.ts';

/** A list is read in two ways, by how many folders are seen: both must give the same pages. */
describe('lists of assets, folder by folder and along the whole order', () => {
  let db: Awaited<ReturnType<typeof openTestDatabase>>;
  let ctx: Ctx;
  let repository: AssetsRepository;
  const folders = Array.from({ length: 6 }, () => newId());
  const assets: { id: string; folder: string; name: string; created: number; updated: number; deleted: boolean }[] = [];

  before(async () => {
    db = await openTestDatabase();
    const { sql } = db.database;
    ctx = systemContext(newId());
    repository = new AssetsRepository(db.database.dataSource);
    const [workspace, acl] = [ctx.workspaceId, newId()];
    await sql.query({}, `insert into workspace (id, slug, name, settings, created_at) values ($1::uuid, $1::text, 'W', '{}', now())`, [
      workspace,
    ]);
    await sql.query({}, `insert into acl (id, workspace_id, kind, created_at) values ($1, $2, 'workspace', now())`, [acl, workspace]);
    for (const id of folders) {
      await sql.query(
        {},
        `insert into folder (id, workspace_id, name, path, acl_id, created_at) values ($1::uuid, $2, $1::text, '/' || $1::text, $3, now())`,
        [...[id, workspace, acl]],
      );
    }
    for (let at = 0; at < 60; at++) {
      // Times and names that many share, so that ids must decide, and an order by one of them that is no order by another.
      const asset = { id: newId(), folder: folders[(at * 7) % 6] ?? '', name: `n${(at * 11) % 13}-${at % 6}${at}`, deleted: at % 10 === 9 };
      assets.push({ ...asset, created: (at * 5) % 17, updated: (at * 3) % 7 });
    }
    // A version and its asset point at each other: checked at the commit.
    await db.database.transactions.run(ctx, async (inside) => {
      for (const { id, folder, name, created, updated, deleted } of assets) {
        await sql.query(
          inside,
          `insert into blob (id, workspace_id, sha256, bytes, created_at) values ($1::uuid, $2, $1::text, 1, now())`,
          [id, workspace],
        );
        await sql.query(
          inside,
          `insert into asset (id, workspace_id, folder_id, name, name_key, kind, status, current_version_id, preview_state, created_at, updated_at, deleted_at)
         values ($1::uuid, $2, $3, $4::text, $4::text, 'other', 'ready', $1::uuid, 'none', to_timestamp($5), to_timestamp($6), $7)`,
          [id, workspace, folder, name, created, updated, deleted ? new Date(created * 1000) : null],
        );
        await sql.query(
          inside,
          `insert into file_version (id, workspace_id, asset_id, number, blob_id, original_name, mime, bytes, created_at)
         values ($1::uuid, $2, $1::uuid, 1, $1::uuid, 'x', 'text/plain', 1, now())`,
          [id, workspace],
        );
      }
    });
  });
  after(() => db.drop());

  const strangers = Array.from({ length: FEW_FOLDERS }, () => newId());
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

  for (const sort of ['created', 'updated', 'name', 'deleted'] as const) {
    for (const descending of [false, true]) {
      it(`by ${sort}, ${descending ? 'descending' : 'ascending'}, page by page`, async () => {
        const trashed = sort === 'deleted';
        const seen = folders.slice(1, 4);
        const key = (asset: (typeof assets)[number]) => (sort === 'name' ? asset.name : sort === 'updated' ? asset.updated : asset.created);
        const expected = assets
          .filter((asset) => seen.includes(asset.folder) && asset.deleted === trashed)
          .sort((a, b) => (compare(key(a), key(b)) || compare(a.id, b.id)) * (descending ? -1 : 1))
          .map(({ id }) => id);
        expect(expected.length).to.be.greaterThan(trashed ? 2 : 20);
        for (const few of [seen, [...seen, ...seen], [...seen, ...strangers]]) {
          const found: string[] = [];
          let after: { value: string; id: string } | null = null;
          for (;;) {
            const page = await repository.browse(ctx, { folders: few, trashed, sort, descending, after, limit: 7 });
            found.push(...page.map(({ id }) => id));
            const last = page.at(-1);
            if (!last) break;
            after = { value: last.cursorValue, id: last.id };
          }
          expect(found, `${few.length} folders`).to.deep.equal(expected);
        }
      });
    }
  }

  it('goes folder by folder for few folders only', () => {
    const text = (count: number | null, trashed = false) =>
      browseStatement(
        ctx.workspaceId,
        {
          folders: count === null ? null : strangers.slice(0, 1).concat(strangers).slice(0, count),
          trashed,
          sort: 'created',
          descending: true,
          after: null,
          limit: 51,
        },
        { columns: 'a.id', joins: '' },
      ).text;
    expect(text(FEW_FOLDERS)).to.include('lateral');
    for (const other of [text(FEW_FOLDERS + 1), text(null), text(3, true)]) expect(other).to.not.include('lateral');
  });
});
