import type { Ctx, Role } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';
import { WorkspaceEntity, type WorkspaceSettings } from './identity.entity.ts';

export interface MembershipRow {
  readonly workspace_id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
  /** Of a role that is not built in. */
  readonly role_verbs: number | null;
}

export interface NewWorkspace {
  readonly slug: string;
  readonly name: string;
  readonly settings: WorkspaceSettings;
  readonly quotaBytes: number | null;
  readonly personQuotaBytes: number | null;
}

export interface WorkspaceChange {
  readonly name?: string;
  readonly settings?: WorkspaceSettings;
  readonly quotaBytes?: number | null;
  readonly personQuotaBytes?: number | null;
}

export class WorkspacesRepository extends BaseRepository {
  find(ctx: Ctx): Promise<WorkspaceEntity | null> {
    return this.manager(ctx).findOneBy(WorkspaceEntity, { id: ctx.workspaceId });
  }

  /** Read for a change: nobody else changes it before the transaction ends. */
  findLocked(ctx: Ctx): Promise<WorkspaceEntity | null> {
    return this.manager(ctx).findOne(WorkspaceEntity, { where: { id: ctx.workspaceId }, lock: { mode: 'pessimistic_write' } });
  }

  async update(ctx: Ctx, change: WorkspaceChange): Promise<void> {
    if (Object.keys(change).length > 0) await this.manager(ctx).update(WorkspaceEntity, { id: ctx.workspaceId }, change);
  }

  /** The oldest workspace: the one that owns `/cdn` (decisions 2). */
  async first(ctx: Ctx): Promise<WorkspaceEntity | null> {
    return this.manager(ctx).findOne(WorkspaceEntity, { where: {}, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  async insert(ctx: Ctx, workspace: NewWorkspace): Promise<string> {
    const id = newId();
    await this.manager(ctx).insert(WorkspaceEntity, {
      ...workspace,
      id,
      usedBytes: 0,
      createdAt: ctx.clock.now(),
    });
    return id;
  }

  /** Two processes that start at once go through the first start one after the other. */
  async lockFirstStart(ctx: Ctx): Promise<void> {
    await this.query(ctx, `select pg_advisory_xact_lock(hashtextextended('damson.first_start', 0))`);
  }

  memberships(ctx: Ctx, userId: string): Promise<MembershipRow[]> {
    return this.query<MembershipRow>(
      ctx,
      `select w.id as workspace_id, w.slug, w.name, m.role, r.verbs as role_verbs
         from member m join workspace w on w.id = m.workspace_id left join role r on r.workspace_id = m.workspace_id and r.key = m.role
        where m.user_id = $1 order by w.created_at, w.id`,
      [userId],
    );
  }

  /** False when the quota does not allow it. Locks the row, so it belongs late into a transaction. */
  async addUsed(ctx: Ctx, bytes: number): Promise<boolean> {
    const rows = await this.execute(
      ctx,
      `update workspace set used_bytes = greatest(0, used_bytes + $2::bigint)
        where id = $1 and ($2::bigint <= 0 or quota_bytes is null or used_bytes + $2::bigint <= quota_bytes)`,
      [ctx.workspaceId, bytes],
    );
    return rows === 1;
  }
}
