import type { AnyRoute } from '../../../platform/http/route.ts';
import { AuditLogRepository } from './audit-log.repository.ts';
import { auditLogRoutes } from './audit-log.routes.ts';
import { type AuditFact, AuditLogService } from './audit-log.service.ts';

export { auditLogRoutes };
export type { AuditFact };

export interface AuditLog {
  /** Writes who did what, in `ctx.trx`. */
  record: AuditLogService['record'];
  list: AuditLogService['list'];
  readonly routes: AnyRoute[];
}

export function createAuditLog(options: { readonly dataSource: ConstructorParameters<typeof AuditLogRepository>[0] }): AuditLog {
  const service = new AuditLogService(new AuditLogRepository(options.dataSource));
  return {
    record: (ctx, fact) => service.record(ctx, fact),
    list: (ctx, query) => service.list(ctx, query),
    routes: auditLogRoutes(service),
  };
}
