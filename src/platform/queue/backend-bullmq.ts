import type { Queue } from 'bullmq';
import type { JobData, QueueHandle, WorkerSettings } from './backend.ts';

/** What BullMQ is told alike on every store. */

/** Lost workers are counted on the outbox row, where a count survives; here nothing must give up earlier. */
const NEVER_GIVE_UP = 1_000_000;
/** Nobody reads BullMQ's event stream here. */
export const STREAMS = { events: { maxLen: 100 } } as const;

export function workerOptions(settings: WorkerSettings) {
  return {
    concurrency: settings.concurrency,
    lockDuration: settings.lockDurationMs,
    stalledInterval: settings.stalledIntervalMs,
    maxStalledCount: NEVER_GIVE_UP,
  };
}

/** How long ended jobs are kept; their life is told by the outbox. */
export interface Keep {
  readonly removeOnComplete: true | { readonly age: number };
  readonly removeOnFail: true;
}

/** The calls that are the same on every store. */
type AnyQueue = Pick<
  Queue,
  'add' | 'addBulk' | 'getJobState' | 'remove' | 'upsertJobScheduler' | 'getJobSchedulers' | 'removeJobScheduler' | 'getJobCounts' | 'close'
>;

export interface HandleOptions {
  readonly keep: Keep;
  /** From how many jobs on they are added in bulk. */
  readonly bulkFrom: number;
  /** Throws when the store is away. */
  readonly check?: () => void;
}

/** @param given a BullMQ queue; its type depends on the store. */
export function queueHandle(given: unknown, { keep, bulkFrom, check = () => undefined }: HandleOptions): QueueHandle {
  const queue = given as AnyQueue;
  return {
    add: async (jobs) => {
      check();
      if (jobs.length >= bulkFrom) await queue.addBulk([...jobs]);
      else for (const job of jobs) await queue.add(job.name, job.data, job.opts);
    },
    clear: async (ids) => {
      if (keep.removeOnComplete === true) return;
      check();
      const remove = async (id: string): Promise<void> => {
        const state = await queue.getJobState(id);
        if (state === 'completed' || state === 'failed') await queue.remove(id);
      };
      await Promise.all(ids.map(remove));
    },
    schedule: async (id, repeat, name, opts) => {
      check();
      await queue.upsertJobScheduler(id, repeat, { name, data: { w: '', p: {} } satisfies JobData, opts: { ...keep, ...opts } });
    },
    schedules: async () => {
      check();
      return (await queue.getJobSchedulers()).map((scheduler) => scheduler.key);
    },
    unschedule: async (id) => {
      check();
      await queue.removeJobScheduler(id);
    },
    counts: async () => {
      check();
      const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
      const of = (name: string) => counts[name] ?? 0;
      return { waiting: of('waiting') + of('prioritized'), active: of('active'), delayed: of('delayed'), failed: of('failed') };
    },
    close: () => queue.close(),
  };
}
