import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { auditListSchema, auditQuery } from './audit-log.schema.ts';
import type { AuditLogService } from './audit-log.service.ts';

export function auditLogRoutes(service: AuditLogService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/audit',
      id: 'audit.list',
      summary: 'Who did what, newest first',
      tag: 'Administration',
      since: '0.1.0',
      access: signedIn('workspace:manage', 'manage', 'workspace'),
      query: auditQuery,
      responses: { 200: auditListSchema },
      handle: async ({ ctx, query }) => ({ body: await service.list(ctx, query) }),
    }),
  ];
}
