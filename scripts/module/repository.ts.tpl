import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';

export interface {{Item}}Row {
  id: string;
  name: string;
  rowVersion: number;
  createdAt: Date;
}

const COLUMNS = 'id, name, row_version as "rowVersion", created_at as "createdAt"';

/** Every query but `purge` is bound to `ctx.workspaceId`. */
export class {{Items}}Repository extends BaseRepository {
  byId(ctx: Ctx, id: string): Promise<{{Item}}Row | null> {
    return this.one(ctx, `select ${COLUMNS} from {{table}} where workspace_id = $1 and id = $2 and deleted_at is null`, [ctx.workspaceId, id]);
  }

  /** Newest first; ids are ordered by time, so the id is the cursor. */
  page(ctx: Ctx, query: { before?: string; limit: number }): Promise<{{Item}}Row[]> {
    return this.query(
      ctx,
      `select ${COLUMNS} from {{table}}
       where workspace_id = $1 and deleted_at is null and ($2::uuid is null or id < $2)
       order by id desc limit $3`,
      [ctx.workspaceId, query.before ?? null, query.limit],
    );
  }

  async insert(ctx: Ctx, values: { name: string }): Promise<{{Item}}Row> {
    const row = await this.one<{{Item}}Row>(
      ctx,
      `insert into {{table}} (id, workspace_id, name, created_at, created_by) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
      [newId(), ctx.workspaceId, values.name, ctx.clock.now(), ctx.actor.userId],
    );
    if (!row) throw new Error('insert returned no row');
    return row;
  }

  /** To the trash; false when there is no such row. */
  async trash(ctx: Ctx, id: string): Promise<boolean> {
    const sql = 'update {{table}} set deleted_at = $3, row_version = row_version + 1 where workspace_id = $1 and id = $2 and deleted_at is null';
    return (await this.execute(ctx, sql, [ctx.workspaceId, id, ctx.clock.now()])) > 0;
  }

  /** Deletes, in all workspaces, what has been in the trash since before the given instant; how many. */
  purge(ctx: Ctx, before: Date): Promise<number> {
    return this.execute(ctx, 'delete from {{table}} where deleted_at < $1', [before]);
  }
}
