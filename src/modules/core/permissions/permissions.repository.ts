import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';

export interface ChainRow {
  readonly id: string;
  readonly rooted: boolean;
  readonly allow: number;
  readonly deny_person: number;
  readonly deny_key: number;
  readonly until: Date | null;
}

export interface Principal {
  readonly kind: 'user' | 'group' | 'api_key' | 'share' | 'guest';
  readonly id: string;
}

export class PermissionsRepository extends BaseRepository {
  /**
   * Every acl of the workspace with the grants of its chain for these principals and for the groups that `userId` is in. No rows
   * when there is nothing but the role: no grant for them and every chain ends at the workspace's root.
   */
  chains(ctx: Ctx, principals: readonly Principal[], userId: string | null): Promise<ChainRow[]> {
    return this.query<ChainRow>(
      ctx,
      `with recursive principal (kind, id) as (
         select * from unnest($3::text[], $4::text[])
         union all select 'group', group_id::text from group_member where workspace_id = $1 and user_id = $5
       ), active as materialized (
         select g.acl_id, g.verbs, g.effect, g.principal_kind, g.until
           from access_grant g
          where g.workspace_id = $1 and (g.until is null or g.until > $2)
            and (g.principal_kind, g.principal_id) in (select kind, id from principal)
       ), mine as (
         select acl_id,
                coalesce(bit_or(verbs) filter (where effect = 'allow'), 0) as allow,
                coalesce(bit_or(verbs) filter (where effect = 'deny' and principal_kind <> 'api_key'), 0) as deny_person,
                coalesce(bit_or(verbs) filter (where effect = 'deny' and principal_kind = 'api_key'), 0) as deny_key
           from active group by acl_id
       ), needed as (
         select exists (select 1 from active)
             or exists (select 1 from acl where workspace_id = $1 and parent_id is null and kind <> 'workspace') as yes
       ), tree as (
         select a.id, a.kind = 'workspace' as rooted,
                coalesce(m.allow, 0) as allow, coalesce(m.deny_person, 0) as deny_person, coalesce(m.deny_key, 0) as deny_key
           from acl a left join mine m on m.acl_id = a.id
          where a.workspace_id = $1 and a.parent_id is null and (select yes from needed)
         union all
         select a.id, t.rooted, t.allow | coalesce(m.allow, 0),
                t.deny_person | coalesce(m.deny_person, 0), t.deny_key | coalesce(m.deny_key, 0)
           from tree t join acl a on a.parent_id = t.id left join mine m on m.acl_id = a.id
          where a.workspace_id = $1
       )
       select tree.*, (select min(until) from active) as until from tree`,
      [ctx.workspaceId, ctx.clock.now(), principals.map((p) => p.kind), principals.map((p) => p.id), userId],
    );
  }

  /** Which of these acls exist in the workspace. */
  async existing(ctx: Ctx, aclIds: readonly string[]): Promise<string[]> {
    const rows = await this.query<{ id: string }>(ctx, 'select id from acl where workspace_id = $1 and id = any($2::uuid[])', [
      ctx.workspaceId,
      aclIds,
    ]);
    return rows.map((row) => row.id);
  }

  async rootAcl(ctx: Ctx): Promise<string | null> {
    const row = await this.one<{ id: string }>(ctx, `select id from acl where workspace_id = $1 and kind = 'workspace'`, [ctx.workspaceId]);
    return row?.id ?? null;
  }

  /** Makes the root acl unless another process just did; false then. */
  async insertRootAcl(ctx: Ctx, id: string): Promise<boolean> {
    const rows = await this.execute(
      ctx,
      `insert into acl (id, workspace_id, kind, parent_id, created_at) values ($1, $2, 'workspace', null, $3)
       on conflict (workspace_id) where kind = 'workspace' do nothing`,
      [id, ctx.workspaceId, ctx.clock.now()],
    );
    return rows === 1;
  }

  async insertAcl(ctx: Ctx, kind: string, parentId: string | null): Promise<string> {
    const id = newId();
    await this.execute(ctx, 'insert into acl (id, workspace_id, kind, parent_id, created_at) values ($1, $2, $3, $4, $5)', [
      id,
      ctx.workspaceId,
      kind,
      parentId,
      ctx.clock.now(),
    ]);
    return id;
  }

  /** The acl and everything below it, locked so that two moves cannot close a circle. */
  async lockSubtree(ctx: Ctx, aclId: string): Promise<string[]> {
    await this.query(ctx, 'select id from acl where workspace_id = $1 order by id for update', [ctx.workspaceId]);
    const rows = await this.query<{ id: string }>(
      ctx,
      `with recursive below as (
         select id from acl where workspace_id = $1 and id = $2
         union all select a.id from below b join acl a on a.parent_id = b.id
       ) select id from below`,
      [ctx.workspaceId, aclId],
    );
    return rows.map((row) => row.id);
  }

  async rehang(ctx: Ctx, aclIds: readonly string[], from: string, to: string): Promise<void> {
    await this.execute(
      ctx,
      'update acl set parent_id = $4 where workspace_id = $1 and id = any($2::uuid[]) and parent_id = $3 and id <> $4',
      [ctx.workspaceId, aclIds, from, to],
    );
  }

  async setParent(ctx: Ctx, aclId: string, parentId: string | null): Promise<void> {
    await this.execute(ctx, 'update acl set parent_id = $3 where workspace_id = $1 and id = $2', [ctx.workspaceId, aclId, parentId]);
  }
}
