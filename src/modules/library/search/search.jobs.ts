import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import { isError } from '../../../errors.ts';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';

/** Most assets in one job and one engine write. */
export const INDEX_BATCH = 500;
/** Between tries while the engine is away, and how long one attempt goes on trying: it ends well before the job's own time does. */
const AWAY_MS = 2000;
const TRYING_MS = 120_000;

const payload = z.object({ assetIds: z.array(z.uuid()).min(1).max(INDEX_BATCH) });
export type SearchIndexPayload = z.infer<typeof payload>;

export interface SearchIndexJobDeps {
  index(ctx: Ctx, assetIds: readonly string[]): Promise<void>;
  /** Has the same done by a new job, in the transaction that ends this one. */
  again(ctx: Ctx, payload: SearchIndexPayload): Promise<void>;
}

/**
 * Indexes assets as they are when the job runs; done only once the engine has them. An engine that is away is waited for: a failed attempt would be
 * tried again after ever longer pauses, long after the engine is back, and the last one would lose the change. However long it stays away, the work
 * stays in the outbox.
 */
export function searchIndexJob({ index, again }: SearchIndexJobDeps): JobDef<SearchIndexPayload> {
  return defineJob<SearchIndexPayload>({
    name: 'search.index',
    queue: 'search',
    payload,
    attempts: 12,
    timeoutMs: 5 * 60_000,
    handle: async (ctx, { assetIds }, run) => {
      await whenThere(ctx.signal, () => index(ctx, assetIds));
      await run.complete(ctx);
    },
    onFailed: async (ctx, wanted, error) => {
      if (isError(error, 'unavailable')) await again(ctx, wanted);
    },
  });
}

/** @throws what the work throws; `unavailable` only when time is up */
async function whenThere(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const end = performance.now() + TRYING_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isError(error, 'unavailable') || signal.aborted || performance.now() > end) throw error;
      await sleep(AWAY_MS, undefined, { signal }).catch(() => Promise.reject(error));
    }
  }
}
