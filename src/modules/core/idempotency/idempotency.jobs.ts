import { z } from 'zod';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import type { IdempotencyRepository } from './idempotency.repository.ts';
import { KEPT_MS } from './idempotency.service.ts';

/** Forgets keys that have run out, once an hour. */
export function pruneKeys(repository: IdempotencyRepository): JobDef<Record<string, never>> {
  return defineJob({
    name: 'idempotency.prune',
    queue: 'cron',
    payload: z.strictObject({}),
    every: 3_600_000,
    handle: (ctx) => repository.prune(ctx, new Date(ctx.clock.now().getTime() - KEPT_MS)),
  });
}
