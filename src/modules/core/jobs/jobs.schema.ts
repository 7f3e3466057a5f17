import { z } from 'zod';

export const jobSchema = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'undone']),
    total: z.number().int().nullable(),
    done: z.number().int(),
    failed: z.number().int(),
    cancelRequested: z.boolean(),
    undoable: z.boolean(),
    result: z.record(z.string(), z.unknown()).nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    items: z
      .array(
        z.object({ key: z.string(), state: z.enum(['pending', 'done', 'failed', 'skipped', 'undone']), reason: z.string().nullable() }),
      )
      .optional()
      .meta({ description: 'Items that failed or were skipped, at most 100.' }),
  })
  .meta({ id: 'Job' });

export const jobListSchema = z.object({ items: z.array(jobSchema) });
export const jobStartedSchema = z.object({ jobId: z.uuid() }).meta({ id: 'JobStarted' });

export type JobDto = z.infer<typeof jobSchema>;
