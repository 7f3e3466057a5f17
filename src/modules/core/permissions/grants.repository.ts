import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';
import { AccessGrantEntity } from './permissions.entity.ts';
import type { Principal } from './permissions.repository.ts';

export type Effect = 'allow' | 'deny';

export interface NewGrant {
  readonly aclId: string;
  readonly principal: Principal;
  /** Bits of `permissions.verbs.ts`. */
  readonly verbs: number;
  readonly effect: Effect;
  readonly until: Date | null;
}

export interface GrantRow extends NewGrant {
  readonly id: string;
  /** Of the person, group or key today; null when it is gone. */
  readonly principalName: string | null;
  readonly createdAt: Date;
}

/** One acl on the way from an acl up to where its chain ends, with its own grants, ended ones included. */
export interface Link {
  readonly aclId: string;
  readonly kind: string;
  readonly grants: readonly GrantRow[];
}

interface Raw {
  id: string | null;
  acl_id: string;
  kind: string;
  principal_kind: Principal['kind'];
  principal_id: string;
  principal_name: string | null;
  verbs: number;
  effect: Effect;
  until: Date | null;
  created_at: Date;
}

const NAME = `case g.principal_kind
  when 'user' then (select u.name from auth.account_user u where u.id = g.principal_id)
  when 'group' then (select p.name from principal_group p where p.workspace_id = g.workspace_id and p.id::text = g.principal_id)
  when 'api_key' then (select k.name from api_key k where k.workspace_id = g.workspace_id and k.id::text = g.principal_id)
  end as principal_name`;
const GRANT = `g.id, g.acl_id, g.principal_kind, g.principal_id, ${NAME}, g.verbs, g.effect, g.until, g.created_at`;

/** Every query is bound to `ctx.workspaceId`. */
export class GrantsRepository extends BaseRepository {
  /** From the acl up to the end of its chain; empty when there is no such acl. */
  async chain(ctx: Ctx, aclId: string): Promise<Link[]> {
    const rows = await this.query<Raw>(
      ctx,
      `with recursive up as (
         select id, parent_id, kind, 0 as depth from acl where workspace_id = $1 and id = $2
         union all
         select a.id, a.parent_id, a.kind, up.depth + 1 from up join acl a on a.id = up.parent_id and a.workspace_id = $1
       )
       select ${GRANT}, up.id as acl_id, up.kind from up left join access_grant g on g.acl_id = up.id
        order by up.depth, g.created_at, g.id`,
      [ctx.workspaceId, aclId],
    );
    const links = new Map<string, { aclId: string; kind: string; grants: GrantRow[] }>();
    for (const row of rows) {
      const link = links.get(row.acl_id) ?? { aclId: row.acl_id, kind: row.kind, grants: [] };
      links.set(row.acl_id, link);
      if (row.id !== null) link.grants.push(present({ ...row, id: row.id }));
    }
    return [...links.values()];
  }

  async insert(ctx: Ctx, grant: NewGrant): Promise<string> {
    const id = newId();
    await this.manager(ctx).insert(AccessGrantEntity, {
      id,
      workspaceId: ctx.workspaceId,
      aclId: grant.aclId,
      principalKind: grant.principal.kind,
      principalId: grant.principal.id,
      verbs: grant.verbs,
      effect: grant.effect,
      until: grant.until,
      createdAt: ctx.clock.now(),
    });
    return id;
  }

  /** The grant, which nobody else changes before the transaction ends. */
  async findLocked(ctx: Ctx, id: string): Promise<GrantRow | null> {
    const row = await this.one<Raw & { id: string }>(
      ctx,
      `select ${GRANT} from access_grant g where g.workspace_id = $1 and g.id = $2 for update of g`,
      [ctx.workspaceId, id],
    );
    return row && present(row);
  }

  async update(ctx: Ctx, id: string, grant: Pick<NewGrant, 'verbs' | 'effect' | 'until'>): Promise<void> {
    await this.execute(ctx, 'update access_grant set verbs = $3, effect = $4, until = $5 where workspace_id = $1 and id = $2', [
      ctx.workspaceId,
      id,
      grant.verbs,
      grant.effect,
      grant.until,
    ]);
  }

  async delete(ctx: Ctx, id: string): Promise<void> {
    await this.execute(ctx, 'delete from access_grant where workspace_id = $1 and id = $2', [ctx.workspaceId, id]);
  }

  /** Everything given to or kept from a principal, locked. */
  async ofPrincipal(ctx: Ctx, principal: Principal): Promise<GrantRow[]> {
    const rows = await this.query<Raw & { id: string }>(
      ctx,
      `select ${GRANT} from access_grant g
        where g.workspace_id = $1 and g.principal_kind = $2 and g.principal_id = $3 order by g.id for update of g`,
      [ctx.workspaceId, principal.kind, principal.id],
    );
    return rows.map(present);
  }

  /** A member, a group or a key that works; null when there is none of this id here. Held until the transaction ends. */
  async principalName(ctx: Ctx, principal: Principal): Promise<string | null> {
    const sql = {
      user: `select u.name from member m join auth.account_user u on u.id = m.user_id
              where m.workspace_id = $1 and m.user_id = $2 for key share of m`,
      group: 'select name from principal_group where workspace_id = $1 and id::text = $2 for key share',
      api_key: `select name from api_key where workspace_id = $1 and id::text = $2 and revoked_at is null for key share`,
    };
    if (principal.kind !== 'user' && principal.kind !== 'group' && principal.kind !== 'api_key') return null;
    return (await this.one<{ name: string }>(ctx, sql[principal.kind], [ctx.workspaceId, principal.id]))?.name ?? null;
  }

  /** The roles that people here have, administrators' aside. */
  async rolesInUse(ctx: Ctx): Promise<{ role: string; verbs: number | null }[]> {
    return this.query(
      ctx,
      `select distinct m.role, r.verbs from member m left join role r on r.workspace_id = m.workspace_id and r.key = m.role
        where m.workspace_id = $1 and m.role <> 'admin'`,
      [ctx.workspaceId],
    );
  }

  async groupsOf(ctx: Ctx, userId: string): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      ctx,
      'select group_id::text as id from group_member where workspace_id = $1 and user_id = $2',
      [ctx.workspaceId, userId],
    );
    return rows.map((row) => row.id);
  }
}

function present(row: Raw & { id: string }): GrantRow {
  return {
    id: row.id,
    aclId: row.acl_id,
    principal: { kind: row.principal_kind, id: row.principal_id },
    principalName: row.principal_name,
    verbs: row.verbs,
    effect: row.effect,
    until: row.until,
    createdAt: row.created_at,
  };
}
