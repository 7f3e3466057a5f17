import type { Ctx, Role } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';

export interface MemberRow {
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** Of a role that is not built in. */
  readonly role_verbs: number | null;
  readonly used_bytes: number;
  /** The person's own quota; null = the workspace's default. */
  readonly own_quota_bytes: number | null;
  /** What counts; null = none. */
  readonly quota_bytes: number | null;
  readonly created_at: Date;
}

const MEMBER = `select m.user_id, u.name, u.email, m.role, r.verbs as role_verbs, m.used_bytes::float8 as used_bytes, m.quota_bytes::float8 as own_quota_bytes,
  coalesce(m.quota_bytes, w.person_quota_bytes)::float8 as quota_bytes, m.created_at
  from member m join auth.account_user u on u.id = m.user_id join workspace w on w.id = m.workspace_id
  left join role r on r.workspace_id = m.workspace_id and r.key = m.role
  where m.workspace_id = $1`;

export class MembersRepository extends BaseRepository {
  list(ctx: Ctx): Promise<MemberRow[]> {
    return this.query<MemberRow>(ctx, `${MEMBER} order by lower(u.name), u.id limit 5000`, [ctx.workspaceId]);
  }

  find(ctx: Ctx, userId: string): Promise<MemberRow | null> {
    return this.one<MemberRow>(ctx, `${MEMBER} and m.user_id = $2`, [ctx.workspaceId, userId]);
  }

  /** In how many workspaces the person is. */
  async membershipCount(ctx: Ctx, userId: string): Promise<number> {
    return (await this.one<{ n: number }>(ctx, 'select count(*)::int as n from member where user_id = $1', [userId]))?.n ?? 0;
  }

  /** The administrators, locked: two of them cannot demote each other at once. */
  async lockAdmins(ctx: Ctx): Promise<string[]> {
    const rows = await this.query<{ user_id: string }>(
      ctx,
      `select user_id from member where workspace_id = $1 and role = 'admin' order by created_at, user_id for update`,
      [ctx.workspaceId],
    );
    return rows.map((row) => row.user_id);
  }

  /** The administrator who has been here longest. */
  async firstAdmin(ctx: Ctx): Promise<string | null> {
    const row = await this.one<{ user_id: string }>(
      ctx,
      `select user_id from member where workspace_id = $1 and role = 'admin' order by created_at, user_id limit 1`,
      [ctx.workspaceId],
    );
    return row?.user_id ?? null;
  }

  /** False when the person is a member already. */
  async insert(ctx: Ctx, userId: string, role: Role): Promise<boolean> {
    const rows = await this.execute(
      ctx,
      'insert into member (workspace_id, user_id, role, created_at) values ($1, $2, $3, $4) on conflict do nothing',
      [ctx.workspaceId, userId, role, ctx.clock.now()],
    );
    return rows === 1;
  }

  async setRole(ctx: Ctx, userId: string, role: Role): Promise<void> {
    await this.execute(ctx, 'update member set role = $3 where workspace_id = $1 and user_id = $2', [ctx.workspaceId, userId, role]);
  }

  async setQuota(ctx: Ctx, userId: string, bytes: number | null): Promise<void> {
    await this.execute(ctx, 'update member set quota_bytes = $3 where workspace_id = $1 and user_id = $2', [
      ctx.workspaceId,
      userId,
      bytes,
    ]);
  }

  async remove(ctx: Ctx, userId: string): Promise<void> {
    await this.execute(ctx, 'delete from member where workspace_id = $1 and user_id = $2', [ctx.workspaceId, userId]);
  }

  /** False when the person's quota does not allow it, or the person is no member. */
  async addUsed(ctx: Ctx, userId: string, bytes: number): Promise<boolean> {
    const rows = await this.execute(
      ctx,
      `update member m set used_bytes = greatest(0, m.used_bytes + $3::bigint) from workspace w
        where m.workspace_id = $1 and m.user_id = $2 and w.id = m.workspace_id
          and ($3::bigint <= 0 or coalesce(m.quota_bytes, w.person_quota_bytes) is null
               or m.used_bytes + $3::bigint <= coalesce(m.quota_bytes, w.person_quota_bytes))`,
      [ctx.workspaceId, userId, bytes],
    );
    return rows === 1;
  }
}
