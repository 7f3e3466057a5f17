import type { Ctx } from '../../../context.ts';
import { invalidRequest, notFound } from '../../../errors.ts';
import { newId } from '../../../platform/database/uuid.ts';
import { decodeCursor, encodeCursor } from './audit-log.cursor.ts';
import type { AuditLogRepository, AuditRow } from './audit-log.repository.ts';
import type { AuditEntryDto, AuditQuery } from './audit-log.schema.ts';

export interface AuditFact {
  /** `<subject>.<past tense>` */
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
}

export class AuditLogService {
  readonly #repository: AuditLogRepository;

  constructor(repository: AuditLogRepository) {
    this.#repository = repository;
  }

  /** Writes who did what, in `ctx.trx`: kept if and only if the thing itself is. Secrets never belong into before and after. */
  async record(ctx: Ctx, fact: AuditFact): Promise<void> {
    await this.#repository.insert(ctx, {
      id: newId(),
      actor_kind: ctx.actor.kind,
      actor_id: ctx.actor.id,
      action: fact.action,
      subject_kind: fact.subjectKind,
      subject_id: fact.subjectId,
      before: fact.before ?? null,
      after: fact.after ?? null,
      request_id: ctx.requestId,
      at: ctx.clock.now(),
    });
  }

  /** For administrators; everybody else gets `not_found`. */
  async list(ctx: Ctx, query: AuditQuery): Promise<{ items: AuditEntryDto[]; nextCursor: string | null }> {
    if (ctx.actor.role !== 'admin') throw notFound();
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
    if (query.cursor !== undefined && after === null) throw invalidRequest('The cursor is not one of this list.');
    const rows = await this.#repository.list(ctx, query, after);
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return { items: items.map(present), nextCursor: rows.length > query.limit && last ? encodeCursor(last) : null };
  }
}

function present(row: AuditRow): AuditEntryDto {
  return {
    id: row.id,
    actor: { kind: row.actor_kind, id: row.actor_id },
    action: row.action,
    subject: { kind: row.subject_kind, id: row.subject_id },
    before: row.before,
    after: row.after,
    requestId: row.request_id,
    at: row.at.toISOString(),
  };
}
