import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';

export interface FolderRow {
  id: string;
  parentId: string | null;
  name: string;
  path: string;
  aclId: string;
  rowVersion: number;
  createdAt: Date;
}

export interface FolderWithCounts extends FolderRow {
  assets: number;
  folders: number;
}

const COLUMNS = `f.id, f.parent_id as "parentId", f.name, f.path, f.acl_id as "aclId", f.row_version as "rowVersion", f.created_at as "createdAt"`;
/** What lies directly inside, as far as the acls in $2 (null = all) let it be seen. */
const COUNTS = `
  (select count(*)::int from asset a where a.folder_id = f.id and a.deleted_at is null and ($2::uuid[] is null or f.acl_id = any($2))) as assets,
  (select count(*)::int from folder c where c.workspace_id = f.workspace_id and c.parent_id = f.id and c.deleted_at is null
     and ($2::uuid[] is null or c.acl_id = any($2))) as folders`;

/** Every query is bound to `ctx.workspaceId`. */
export class FoldersRepository extends BaseRepository {
  byPaths(ctx: Ctx, paths: readonly string[]): Promise<FolderRow[]> {
    return this.query(
      ctx,
      `select ${COLUMNS} from folder f where workspace_id = $1 and path = any($2) and deleted_at is null order by length(path)`,
      [ctx.workspaceId, paths],
    );
  }

  byIds(ctx: Ctx, ids: readonly string[]): Promise<FolderRow[]> {
    return this.query(ctx, `select ${COLUMNS} from folder f where workspace_id = $1 and id = any($2) and deleted_at is null`, [
      ctx.workspaceId,
      ids,
    ]);
  }

  /** Null when another has taken the path; whoever is making it now is waited for. */
  insert(ctx: Ctx, folder: { parentId: string | null; name: string; path: string; aclId: string }): Promise<FolderRow | null> {
    return this.one(
      ctx,
      `insert into folder as f (id, workspace_id, parent_id, name, path, acl_id, created_at, created_by) values ($1,$2,$3,$4,$5,$6,$7,$8)
       on conflict (workspace_id, path) where deleted_at is null do nothing returning ${COLUMNS}`,
      [newId(), ctx.workspaceId, folder.parentId, folder.name, folder.path, folder.aclId, ctx.clock.now(), ctx.actor.userId],
    );
  }

  /**
   * The live folder of this id, which until the transaction ends is neither moved nor deleted; a change under way is waited for.
   * Null when it is gone, or no longer at `path` when one is given.
   */
  async hold(ctx: Ctx, id: string, path: string | null = null): Promise<FolderRow | null> {
    const { rows } = await this.prepared<FolderRow>(
      ctx,
      `select ${COLUMNS} from folder f
       where workspace_id = $1 and id = $2 and deleted_at is null and ($3::text is null or path = $3) for share`,
      [ctx.workspaceId, id, path],
    );
    return rows[0] ?? null;
  }

  /** Waits for everybody who holds the folder, and keeps others from holding it until the transaction ends. */
  async lock(ctx: Ctx, id: string): Promise<void> {
    await this.query(ctx, 'select 1 from folder where workspace_id = $1 and id = $2 for update', [ctx.workspaceId, id]);
  }

  /**
   * As `lock` for a folder and everything below it. Whoever held one of them may have put another below it before letting go, so
   * this looks again until nothing is new; below a locked folder nothing can appear. Ancestors come first, as everywhere.
   */
  async lockBelow(ctx: Ctx, path: string): Promise<void> {
    let known = -1;
    for (;;) {
      const rows = await this.query(
        ctx,
        `select 1 from folder where workspace_id = $1 and deleted_at is null and (path = $2 or starts_with(path, $2 || '/'))
         order by length(path), path for update`,
        [ctx.workspaceId, path],
      );
      if (rows.length === known) return;
      known = rows.length;
    }
  }

  /** The longest path (bytes) and the largest depth among a folder and everything below it. */
  async extent(ctx: Ctx, path: string): Promise<{ bytes: number; depth: number }> {
    const row = await this.one<{ bytes: number; depth: number }>(
      ctx,
      `select max(octet_length(path))::int as bytes, max(length(path) - length(replace(path, '/', '')))::int as depth
       from folder where workspace_id = $1 and deleted_at is null and (path = $2 or starts_with(path, $2 || '/'))`,
      [ctx.workspaceId, path],
    );
    return row ?? { bytes: 0, depth: 0 };
  }

  /** Folders below the acl filter (`null` = all), under `parentId` when given, by path. */
  list(ctx: Ctx, filter: { acls: string[] | null; parentId?: string; afterPath?: string; limit: number }): Promise<FolderWithCounts[]> {
    return this.query(
      ctx,
      `select ${COLUMNS}, ${COUNTS} from folder f
       where f.workspace_id = $1 and f.deleted_at is null
         and ($2::uuid[] is null or f.acl_id = any($2))
         and ($3::uuid is null or f.parent_id = $3)
         and ($4::text is null or f.path > $4)
       order by f.path limit $5`,
      [ctx.workspaceId, filter.acls, filter.parentId ?? null, filter.afterPath ?? null, filter.limit],
    );
  }

  /** @param acls whose content is counted; null = all */
  async withCounts(ctx: Ctx, id: string, acls: readonly string[] | null): Promise<FolderWithCounts | null> {
    return this.one(ctx, `select ${COLUMNS}, ${COUNTS} from folder f where f.workspace_id = $1 and f.id = $3 and f.deleted_at is null`, [
      ctx.workspaceId,
      acls,
      id,
    ]);
  }

  async idsByAcls(ctx: Ctx, acls: readonly string[]): Promise<string[]> {
    // A join, since hundreds of ids in `= any` take longer to plan than to run.
    const rows = await this.query<{ id: string }>(
      ctx,
      `select f.id from (select distinct id from unnest($2::uuid[]) as given (id)) seen join folder f on f.acl_id = seen.id
        where f.workspace_id = $1`,
      [ctx.workspaceId, acls],
    );
    return rows.map((row) => row.id);
  }

  /** Locks the folder tree of a workspace: two moves at once could make a ring or two folders of one path. */
  async lockTree(ctx: Ctx): Promise<void> {
    await this.query(ctx, `select pg_advisory_xact_lock(hashtextextended('folders:' || $1, 0))`, [ctx.workspaceId]);
  }

  /** Renames or moves a folder: its own row and the paths below it. */
  async relocate(ctx: Ctx, from: FolderRow, to: { parentId: string; name: string; path: string }): Promise<void> {
    await this.execute(
      ctx,
      `update folder set path = $3 || substr(path, length($2) + 1)
       where workspace_id = $1 and deleted_at is null and (path = $2 or starts_with(path, $2 || '/'))`,
      [ctx.workspaceId, from.path, to.path],
    );
    await this.execute(
      ctx,
      'update folder set parent_id = $3, name = $4, row_version = row_version + 1 where workspace_id = $1 and id = $2',
      [ctx.workspaceId, from.id, to.parentId, to.name],
    );
  }

  async softDelete(ctx: Ctx, id: string): Promise<void> {
    await this.execute(ctx, 'update folder set deleted_at = $3, row_version = row_version + 1 where workspace_id = $1 and id = $2', [
      ctx.workspaceId,
      id,
      ctx.clock.now(),
    ]);
  }

  /** Assets in the trash keep their folder; emptiness counts only what is live. */
  async isEmpty(ctx: Ctx, id: string): Promise<boolean> {
    const row = await this.one(
      ctx,
      `select 1 from folder where workspace_id = $1 and parent_id = $2 and deleted_at is null
       union all select 1 from asset where folder_id = $2 and deleted_at is null limit 1`,
      [ctx.workspaceId, id],
    );
    return row === null;
  }

  async addAlias(ctx: Ctx, alias: { path: string; assetId?: string; folderId?: string; until: Date }): Promise<void> {
    await this.execute(
      ctx,
      'insert into path_alias (id, workspace_id, path, asset_id, folder_id, until, created_at) values ($1,$2,$3,$4,$5,$6,$7)',
      [newId(), ctx.workspaceId, alias.path, alias.assetId ?? null, alias.folderId ?? null, alias.until, ctx.clock.now()],
    );
  }

  /** Ids of the folder at the path and of every folder below it. */
  async idsBelow(ctx: Ctx, path: string): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      ctx,
      `select id from folder where workspace_id = $1 and deleted_at is null and ($2 = '/' or path = $2 or starts_with(path, $2 || '/'))`,
      [ctx.workspaceId, path],
    );
    return rows.map((row) => row.id);
  }

  /** Ids of live assets in the folder at the path and everything below it. */
  async assetIdsBelow(ctx: Ctx, path: string): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      ctx,
      `select a.id from asset a join folder f on f.id = a.folder_id
       where f.workspace_id = $1 and a.deleted_at is null and (f.path = $2 or starts_with(f.path, $2 || '/'))`,
      [ctx.workspaceId, path],
    );
    return rows.map((row) => row.id);
  }

  /** Live and historical folder paths that lead to `path`'s folders: used to follow old addresses. */
  async aliasesOf(ctx: Ctx, paths: readonly string[]): Promise<{ path: string; assetId: string | null; folderPath: string | null }[]> {
    return this.query(
      ctx,
      `select p.path, p.asset_id as "assetId", f.path as "folderPath" from path_alias p left join folder f on f.id = p.folder_id and f.deleted_at is null
       where p.workspace_id = $1 and p.path = any($2) and p.until > $3 order by length(p.path) desc, p.created_at desc`,
      [ctx.workspaceId, paths, ctx.clock.now()],
    );
  }
}
