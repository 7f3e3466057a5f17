import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import { defineJob, type JobDef, type JobQueue } from '../../../platform/queue/queue.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ProgressService } from './progress.service.ts';
import type { RunnerService } from './runner.service.ts';

export type RunJob = JobDef<{ jobId: string }>;

const KEPT_DAYS = 31;
/** When another run of the same job holds its items. */
const AGAIN_MS = 1_000;

/** One turn of a job; what is left is queued again in the same transaction that ends this turn. On `io`, behind mail and webhooks. */
export function makeRunJob(runner: RunnerService, repository: JobsRepository, progress: ProgressService, queue: JobQueue): RunJob {
  const runJob: RunJob = defineJob({
    name: 'jobs.run',
    queue: 'io',
    priority: 10,
    payload: z.strictObject({ jobId: z.uuid() }),
    timeoutMs: 120_000,
    handle: async (ctx, { jobId }, run) => {
      const before = await openItems(ctx, repository, jobId);
      const left = await runner.turn(ctx, jobId);
      const stuck = left && (await openItems(ctx, repository, jobId)) === before;
      await run.complete(ctx, async (inner) => {
        if (left) await queue.enqueue(inner, runJob, { jobId }, { subject: jobId, ...(stuck ? { delayMs: AGAIN_MS } : {}) });
      });
    },
    onFailed: async (ctx, { jobId }) => {
      const job = await repository.find(ctx, jobId);
      if (!job || (job.state !== 'queued' && job.state !== 'running')) return;
      await progress.finish(ctx, job, job.undoRequestedAt === null ? 'do' : 'undo', 'It failed again and again and was given up.');
    },
  });
  return runJob;
}

/** Jobs older than they can be undone. */
export function pruneJob(repository: JobsRepository): JobDef<Record<string, never>> {
  return defineJob({
    name: 'jobs.prune',
    queue: 'cron',
    payload: z.strictObject({}),
    cron: '17 3 * * *',
    handle: async (ctx) => {
      await repository.prune(ctx, new Date(ctx.clock.now().getTime() - KEPT_DAYS * 86_400_000));
    },
  });
}

async function openItems(ctx: Ctx, repository: JobsRepository, jobId: string): Promise<number> {
  const { pending, undone } = await repository.counts(ctx, jobId);
  return pending - undone;
}
