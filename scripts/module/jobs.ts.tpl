import { z } from 'zod';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import type { {{Items}}Service } from './{{name}}.service.ts';

const payload = z.strictObject({});
export type PurgePayload = z.infer<typeof payload>;

export function {{item}}Jobs(service: {{Items}}Service): JobDef<PurgePayload>[] {
  return [
    defineJob({
      name: '{{job}}.purge',
      queue: 'cron',
      payload,
      cron: '20 3 * * *',
      handle: async (ctx, _payload, run) => {
        await run.complete(ctx, async (inner) => {
          await service.purge(inner);
        });
      },
    }),
  ];
}
