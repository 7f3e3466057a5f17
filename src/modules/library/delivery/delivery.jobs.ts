import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import { defineJob, type JobDef, type JobQueue } from '../../../platform/queue/queue.ts';
import { DECISION_TTL_MS } from './delivery.decisions.ts';
import { MAX_KEYS, type PurgeCall } from './delivery.purge.ts';
import { assetTag } from './delivery.tags.ts';

const payload = z.object({ assetIds: z.array(z.uuid()).min(1).max(MAX_KEYS) });
type Payload = z.infer<typeof payload>;

export interface CdnPurge {
  readonly job: JobDef<Payload>;
  /** Has everything that shows these assets forgotten, once the transaction of `ctx` is committed. */
  changed(ctx: Ctx, assetIds: readonly string[]): Promise<void>;
}

/**
 * Purging as an outbox job: not lost, tried again, and harmless when done twice.
 * @param call null = no CDN is configured: nothing is enqueued, and what is left over from before ends quietly
 */
export function cdnPurge(deps: { queue: JobQueue; call: PurgeCall | null; log: Log }): CdnPurge {
  const { queue, call, log } = deps;
  const job = defineJob<Payload>({
    name: 'delivery.purge',
    queue: 'io',
    payload,
    attempts: 12,
    timeoutMs: 60_000,
    handle: async (ctx, { assetIds }, run) => {
      await call?.purge(assetIds.map(assetTag));
      await run.complete(ctx);
    },
    onFailed: async (_ctx, { assetIds }, error) => {
      log.error({ err: error, assetIds }, 'the CDN was not told of changes; what it has of these assets stays until it expires');
    },
  });
  return {
    job,
    async changed(ctx, assetIds) {
      if (!call || assetIds.length === 0) return;
      const payloads = Array.from({ length: Math.ceil(assetIds.length / MAX_KEYS) }, (_, at) => ({
        assetIds: assetIds.slice(at * MAX_KEYS, (at + 1) * MAX_KEYS),
      }));
      // Not before every process has forgotten what it knew: else one of them fills the CDN with it again.
      await queue.enqueueMany(ctx, job, payloads, { delayMs: DECISION_TTL_MS });
    },
  };
}
