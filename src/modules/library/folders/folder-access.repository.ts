import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';

/** Where an acl hangs: the topmost folder that has it. */
export interface AclPlace {
  readonly aclId: string;
  readonly folderId: string;
  readonly path: string;
}

/** The folder and everything below it, by parents: folders in the trash keep the path they had, and their assets obey too. */
const BELOW = `with recursive below as (
    select id, acl_id from folder where workspace_id = $1 and id = $2
    union all
    select c.id, c.acl_id from below b join folder c on c.workspace_id = $1 and c.parent_id = b.id
  )`;

/** How folders hang on acls. Every query is bound to `ctx.workspaceId`. */
export class FolderAccessRepository extends BaseRepository {
  /** The acl of the folder's parent; null for the root folder. */
  async parentAcl(ctx: Ctx, id: string): Promise<string | null> {
    const row = await this.one<{ aclId: string }>(
      ctx,
      `select p.acl_id as "aclId" from folder f join folder p on p.id = f.parent_id where f.workspace_id = $1 and f.id = $2`,
      [ctx.workspaceId, id],
    );
    return row?.aclId ?? null;
  }

  /** The acls of the folder and everything below it. */
  async aclsBelow(ctx: Ctx, id: string): Promise<string[]> {
    const rows = await this.query<{ aclId: string }>(ctx, `${BELOW} select distinct acl_id as "aclId" from below`, [ctx.workspaceId, id]);
    return rows.map((row) => row.aclId);
  }

  /** Puts the folder and what is below it under another acl, as far as it was under `from`; no asset is touched. */
  async setAcl(ctx: Ctx, id: string, from: string, to: string): Promise<void> {
    await this.execute(ctx, `${BELOW} update folder f set acl_id = $4 from below where f.id = below.id and f.acl_id = $3`, [
      ctx.workspaceId,
      id,
      from,
      to,
    ]);
  }

  places(ctx: Ctx, aclIds: readonly string[]): Promise<AclPlace[]> {
    return this.query<AclPlace>(
      ctx,
      `select distinct on (acl_id) acl_id as "aclId", id as "folderId", path from folder
        where workspace_id = $1 and acl_id = any($2) and deleted_at is null order by acl_id, length(path)`,
      [ctx.workspaceId, aclIds],
    );
  }
}
