import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { isUniqueViolation } from '../../../platform/database/pg-errors.ts';
import { newId } from '../../../platform/database/uuid.ts';

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly members: number;
  readonly created_at: Date;
}

export interface GroupMemberRow {
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
}

const GROUP = `select g.id, g.name, g.created_at, (select count(*)::int from group_member m where m.group_id = g.id) as members
  from principal_group g where g.workspace_id = $1`;

/** Every query is bound to `ctx.workspaceId`. */
export class GroupsRepository extends BaseRepository {
  list(ctx: Ctx): Promise<GroupRow[]> {
    return this.query<GroupRow>(ctx, `${GROUP} order by lower(g.name), g.id`, [ctx.workspaceId]);
  }

  find(ctx: Ctx, id: string): Promise<GroupRow | null> {
    return this.one<GroupRow>(ctx, `${GROUP} and g.id = $2`, [ctx.workspaceId, id]);
  }

  /** The group, which until the transaction ends nobody else changes, fills or grants anything. */
  async findLocked(ctx: Ctx, id: string): Promise<GroupRow | null> {
    await this.query(ctx, 'select 1 from principal_group where workspace_id = $1 and id = $2 for update', [ctx.workspaceId, id]);
    return this.find(ctx, id);
  }

  async count(ctx: Ctx): Promise<number> {
    const row = await this.one<{ n: number }>(ctx, 'select count(*)::int as n from principal_group where workspace_id = $1', [
      ctx.workspaceId,
    ]);
    return row?.n ?? 0;
  }

  /** Null when another has the name. */
  async insert(ctx: Ctx, name: string): Promise<string | null> {
    const id = newId();
    const rows = await this.execute(
      ctx,
      'insert into principal_group (id, workspace_id, name, created_at) values ($1, $2, $3, $4) on conflict (workspace_id, lower(name)) do nothing',
      [id, ctx.workspaceId, name, ctx.clock.now()],
    );
    return rows === 1 ? id : null;
  }

  /** False when another has the name; the transaction has failed then. */
  async rename(ctx: Ctx, id: string, name: string): Promise<boolean> {
    try {
      await this.execute(ctx, 'update principal_group set name = $3 where workspace_id = $1 and id = $2', [ctx.workspaceId, id, name]);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async delete(ctx: Ctx, id: string): Promise<void> {
    await this.execute(ctx, 'delete from principal_group where workspace_id = $1 and id = $2', [ctx.workspaceId, id]);
  }

  members(ctx: Ctx, id: string): Promise<GroupMemberRow[]> {
    return this.query<GroupMemberRow>(
      ctx,
      `select m.user_id, u.name, u.email from group_member m join auth.account_user u on u.id = m.user_id
        where m.workspace_id = $1 and m.group_id = $2 order by lower(u.name), u.id limit 5000`,
      [ctx.workspaceId, id],
    );
  }

  /** False when the person is in the group already. The person must be a member of the workspace. */
  async addMember(ctx: Ctx, id: string, userId: string): Promise<boolean> {
    const rows = await this.execute(
      ctx,
      'insert into group_member (group_id, workspace_id, user_id, created_at) values ($1, $2, $3, $4) on conflict do nothing',
      [id, ctx.workspaceId, userId, ctx.clock.now()],
    );
    return rows === 1;
  }

  /** False when the person is not in the group. */
  async removeMember(ctx: Ctx, id: string, userId: string): Promise<boolean> {
    const rows = await this.execute(ctx, 'delete from group_member where workspace_id = $1 and group_id = $2 and user_id = $3', [
      ctx.workspaceId,
      id,
      userId,
    ]);
    return rows === 1;
  }
}
