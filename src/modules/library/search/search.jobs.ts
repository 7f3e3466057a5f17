import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';

/** Most assets in one job and one engine write. */
export const INDEX_BATCH = 500;

const payload = z.object({ assetIds: z.array(z.uuid()).min(1).max(INDEX_BATCH) });
export type SearchIndexPayload = z.infer<typeof payload>;

/** Indexes assets as they are when the job runs; done only once the engine has them. Many attempts: an engine may be away for a while. */
export function searchIndexJob(index: (ctx: Ctx, assetIds: readonly string[]) => Promise<void>): JobDef<SearchIndexPayload> {
  return defineJob<SearchIndexPayload>({
    name: 'search.index',
    queue: 'search',
    payload,
    attempts: 12,
    timeoutMs: 5 * 60_000,
    handle: async (ctx, { assetIds }, run) => {
      await index(ctx, assetIds);
      await run.complete(ctx);
    },
  });
}
