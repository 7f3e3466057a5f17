import { z } from 'zod';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import type { UsageRepository } from './usage.repository.ts';

/** As far back as anybody may ask. */
export const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

/** Days that nobody can ask for any more. */
export function forgetDaysJob(repository: UsageRepository): JobDef<Record<string, never>> {
  return defineJob({
    name: 'delivery.forget_days',
    queue: 'cron',
    payload: z.strictObject({}),
    cron: '37 3 * * *',
    handle: async (ctx) => {
      const oldest = new Date(ctx.clock.now().getTime() - KEPT_DAYS * DAY_MS);
      await repository.forget(ctx, oldest.toISOString().slice(0, 10));
    },
  });
}
