/** What both sides of the queue bench are told alike. */

/** As the queue `io` has by default. */
export const QUEUE_CONCURRENCY = 4;
export const QUEUE_WORKER_OPTIONS = {
  concurrency: QUEUE_CONCURRENCY,
  lockDuration: 10_000,
  stalledInterval: 5000,
  maxStalledCount: 1_000_000,
};
export const QUEUE_JOB_OPTIONS = {
  attempts: 5,
  priority: 10,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: true,
  removeOnFail: true,
} as const;

export interface QueueQuestion {
  readonly count: number;
  /** Jobs per transaction, or per bulk insert. */
  readonly batch: number;
  /** How long each job waits for something that is not this process, 0 = not at all. */
  readonly ms: number;
}

export function waitMs(ms: number): Promise<void> | undefined {
  return ms === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, ms));
}
