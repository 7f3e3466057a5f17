import { z } from 'zod';

export const auditEntrySchema = z
  .object({
    id: z.uuid(),
    actor: z.object({ kind: z.string(), id: z.string().nullable() }),
    action: z.string(),
    subject: z.object({ kind: z.string(), id: z.string() }),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    requestId: z.string(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'AuditEntry' });

export const auditListSchema = z.object({ items: z.array(auditEntrySchema), nextCursor: z.string().nullable() });

export const auditQuery = z.object({
  action: z.string().max(100).optional(),
  subjectKind: z.string().max(100).optional(),
  subjectId: z.string().max(200).optional(),
  actorId: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});

export type AuditQuery = z.infer<typeof auditQuery>;
export type AuditEntryDto = z.infer<typeof auditEntrySchema>;
