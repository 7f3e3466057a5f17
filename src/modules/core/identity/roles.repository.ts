import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { FieldClass } from '../permissions/index.ts';

export interface RoleRow {
  readonly key: string;
  readonly name: string;
  /** Bits of `permissions.verbs.ts`. */
  readonly verbs: number;
  readonly visible: readonly FieldClass[];
  readonly editable: readonly FieldClass[];
}

const COLUMNS = 'key, name, verbs, visible, editable';

/** Every query is bound to `ctx.workspaceId`. */
export class RolesRepository extends BaseRepository {
  list(ctx: Ctx): Promise<RoleRow[]> {
    return this.query<RoleRow>(ctx, `select ${COLUMNS} from role where workspace_id = $1 order by lower(name), key`, [ctx.workspaceId]);
  }

  find(ctx: Ctx, key: string): Promise<RoleRow | null> {
    return this.one<RoleRow>(ctx, `select ${COLUMNS} from role where workspace_id = $1 and key = $2`, [ctx.workspaceId, key]);
  }

  /** The role, which until the transaction ends is neither changed nor deleted; `change`: nor given to anybody. */
  findLocked(ctx: Ctx, key: string, why: 'give' | 'change'): Promise<RoleRow | null> {
    const lock = why === 'give' ? 'share' : 'update';
    return this.one<RoleRow>(ctx, `select ${COLUMNS} from role where workspace_id = $1 and key = $2 for ${lock}`, [ctx.workspaceId, key]);
  }

  /** How many members have each role. */
  async holders(ctx: Ctx): Promise<Map<string, number>> {
    const rows = await this.query<{ role: string; n: number }>(
      ctx,
      'select role, count(*)::int as n from member where workspace_id = $1 group by role',
      [ctx.workspaceId],
    );
    return new Map(rows.map((row) => [row.role, row.n]));
  }

  /** False when there is a role of this key. */
  async insert(ctx: Ctx, role: RoleRow): Promise<boolean> {
    const rows = await this.execute(
      ctx,
      `insert into role (workspace_id, key, name, verbs, visible, editable, created_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict do nothing`,
      [ctx.workspaceId, role.key, role.name, role.verbs, role.visible, role.editable, ctx.clock.now()],
    );
    return rows === 1;
  }

  async update(ctx: Ctx, role: RoleRow): Promise<void> {
    await this.execute(ctx, 'update role set name = $3, verbs = $4, visible = $5, editable = $6 where workspace_id = $1 and key = $2', [
      ctx.workspaceId,
      role.key,
      role.name,
      role.verbs,
      role.visible,
      role.editable,
    ]);
  }

  async delete(ctx: Ctx, key: string): Promise<void> {
    await this.execute(ctx, 'delete from role where workspace_id = $1 and key = $2', [ctx.workspaceId, key]);
  }
}
