import type { Ctx } from '../../../context.ts';
import { PIPELINE_VERSION } from '../../../platform/media/plan.ts';
import type { JobDef, JobQueue } from '../../../platform/queue/queue.ts';
import type { AssetsStoreRepository } from '../assets/index.ts';

/** Files whose stored pictures were made by an older pipeline: what is made from those is as wrong as they are. */

const BATCH = 500;

export interface RefreshDeps {
  readonly store: AssetsStoreRepository;
  readonly queue: JobQueue;
  readonly job: JobDef<{ assetId: string; versionId: string }>;
}

/**
 * Has them read again, in the background; those that a job waits for already are left out, so doing it twice does no harm.
 * @param failed also files of which no picture could be made
 * @param only count
 * @returns how many
 */
export async function refreshOutdated(deps: RefreshDeps, ctx: Ctx, { failed, only }: { failed: boolean; only: boolean }): Promise<number> {
  const { store, queue, job } = deps;
  let after: string | null = null;
  let count = 0;
  for (;;) {
    const found: { id: string; versionId: string }[] = await store.outdated(ctx, {
      pipeline: PIPELINE_VERSION,
      failed,
      after,
      limit: BATCH,
    });
    count += found.length;
    for (const { id, versionId } of only ? [] : found) await queue.enqueue(ctx, job, { assetId: id, versionId }, { subject: id });
    after = found.at(-1)?.id ?? null;
    if (found.length < BATCH) return count;
  }
}
