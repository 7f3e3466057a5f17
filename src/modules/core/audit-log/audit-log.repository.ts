import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { AuditQuery } from './audit-log.schema.ts';

export interface AuditRow {
  readonly id: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly action: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly request_id: string;
  readonly at: Date;
}

export class AuditLogRepository extends BaseRepository {
  async insert(ctx: Ctx, row: AuditRow): Promise<void> {
    await this.execute(
      ctx,
      `insert into audit_entry (id, workspace_id, actor_kind, actor_id, action, subject_kind, subject_id, before, after, request_id, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        row.id,
        ctx.workspaceId,
        row.actor_kind,
        row.actor_id,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.before === null ? null : JSON.stringify(row.before),
        row.after === null ? null : JSON.stringify(row.after),
        row.request_id,
        row.at,
      ],
    );
  }

  /** Newest first, behind the cursor's row. */
  list(ctx: Ctx, query: AuditQuery, after: { at: string; id: string } | null): Promise<AuditRow[]> {
    return this.query<AuditRow>(
      ctx,
      `select id, actor_kind, actor_id, action, subject_kind, subject_id, before, after, request_id, at
         from audit_entry
        where workspace_id = $1
          and ($2::text is null or action = $2)
          and ($3::text is null or subject_kind = $3)
          and ($4::text is null or subject_id = $4)
          and ($5::text is null or actor_id = $5)
          and ($6::timestamptz is null or at < $6 or (at = $6 and id > $7::uuid))
        order by at desc, id
        limit $8`,
      [
        ctx.workspaceId,
        query.action ?? null,
        query.subjectKind ?? null,
        query.subjectId ?? null,
        query.actorId ?? null,
        after?.at ?? null,
        after?.id ?? null,
        query.limit + 1,
      ],
    );
  }
}
