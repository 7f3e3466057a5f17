import { createPostgresBackend, type JobsOptions, type Processor, Queue, Worker } from 'bullmq';
import pg from 'pg';
import { isConnectionError } from '../database/pg-errors.ts';
import type { Log } from '../log.ts';
import { QUEUE_SCHEMA } from './schema.ts';

/**
 * The one place that knows which store BullMQ works on. Everything else uses the few calls below, which behave alike on every store.
 */

export type QueueBackendConfig = {
  readonly kind: 'postgres';
  readonly url: string;
  /** Connections at most; four workers hold one each for LISTEN. Default 12. */
  readonly poolSize?: number;
};

export interface JobData {
  /** Workspace; empty for scheduled jobs. */
  readonly w: string;
  /** Payload. */
  readonly p: unknown;
}

export interface NewJob {
  readonly name: string;
  readonly data: JobData;
  readonly opts: JobsOptions;
}

export interface WorkerSettings {
  readonly concurrency: number;
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
}

export interface QueueHandle {
  add(jobs: readonly NewJob[]): Promise<void>;
  schedule(id: string, repeat: { every: number } | { pattern: string; tz: string }, name: string, opts: JobsOptions): Promise<void>;
  schedules(): Promise<string[]>;
  unschedule(id: string): Promise<void>;
  counts(): Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
  close(): Promise<void>;
}

export interface WorkerHandle {
  /** Takes no more jobs; does not wait for running ones. */
  pause(): Promise<void>;
  /** @param force lets go of running jobs: their locks run out and another worker takes them. */
  close(force: boolean): Promise<void>;
}

export interface QueueBackend {
  queue(name: string): QueueHandle;
  /** Resolves when the worker is ready to take jobs. */
  worker(name: string, work: Processor<JobData, void>, settings: WorkerSettings): Promise<WorkerHandle>;
  close(): Promise<void>;
}

/**
 * A job's life is told by the outbox; BullMQ's own record of it is kept only long enough to refuse the same id again. By age alone: a count makes
 * the PostgreSQL backend read that many rows at every completion (measured: a third of the throughput).
 */
const KEEP = { removeOnComplete: { age: 3600 }, removeOnFail: true } as const;
/** Lost workers are counted on the outbox row, where a count survives; here nothing must give up earlier. */
const NEVER_GIVE_UP = 1_000_000;
/** Up to here single inserts are quicker than BullMQ's bulk insert, which makes temporary tables. */
const BULK_FROM = 4;
/** Nobody reads BullMQ's event stream here. */
const KEEP_EVENTS = 100;

export function createBackend(config: QueueBackendConfig, log: Log): QueueBackend {
  switch (config.kind) {
    case 'postgres':
      return postgresBackend(config, log);
  }
}

function postgresBackend(config: QueueBackendConfig, log: Log): QueueBackend {
  const pool = queuePool(config);
  let closing = false;
  pool.on('error', (error) => log[closing ? 'debug' : 'warn']({ err: error }, 'queue connection lost'));
  // Each queue and worker repeats the pool's errors: that one line is enough.
  const onError = (name: string) => (error: Error) =>
    log[closing || isConnectionError(error) ? 'debug' : 'warn']({ err: error, queue: name }, 'queue backend error');
  return {
    queue: (name) => {
      const queue = new Queue(
        name,
        { connection: pool, defaultJobOptions: KEEP, streams: { events: { maxLen: KEEP_EVENTS } } },
        createPostgresBackend,
      );
      queue.on('error', onError(name));
      return queueHandle(queue);
    },
    worker: async (name, work, settings) => {
      const worker = new Worker(name, work, { connection: pool, ...workerOptions(settings) }, createPostgresBackend);
      worker.on('error', onError(name));
      await worker.waitUntilReady();
      return {
        pause: () => worker.pause(true),
        close: async (force) => {
          // A forced close alone leaves the wait for the next job, and its timer, behind.
          if (force) await worker.backend.disconnectBlocking(true);
          await worker.close(force);
        },
      };
    },
    close: () => {
      closing = true;
      return pool.end();
    },
  };
}

/**
 * Commits here need not reach the disk at once: what a power cut loses of BullMQ's tables is published again from the outbox, and the inbox
 * keeps a second run without effect.
 */
function queuePool(config: QueueBackendConfig): pg.Pool {
  return new pg.Pool({
    connectionString: config.url,
    max: config.poolSize ?? 12,
    keepAlive: true,
    application_name: 'damson-queue',
    connectionTimeoutMillis: 10_000,
    options: `-c search_path=${QUEUE_SCHEMA},public -c synchronous_commit=off`,
  });
}

function workerOptions(settings: WorkerSettings) {
  return {
    concurrency: settings.concurrency,
    lockDuration: settings.lockDurationMs,
    stalledInterval: settings.stalledIntervalMs,
    maxStalledCount: NEVER_GIVE_UP,
  };
}

/** The calls that are the same on every store. */
type AnyQueue = Pick<
  Queue,
  'add' | 'addBulk' | 'upsertJobScheduler' | 'getJobSchedulers' | 'removeJobScheduler' | 'getJobCounts' | 'close'
>;

function queueHandle(given: unknown): QueueHandle {
  const queue = given as AnyQueue;
  return {
    add: async (jobs) => {
      if (jobs.length >= BULK_FROM) await queue.addBulk([...jobs]);
      else for (const job of jobs) await queue.add(job.name, job.data, job.opts);
    },
    schedule: async (id, repeat, name, opts) => {
      await queue.upsertJobScheduler(id, repeat, { name, data: { w: '', p: {} } satisfies JobData, opts: { ...KEEP, ...opts } });
    },
    schedules: async () => (await queue.getJobSchedulers()).map((scheduler) => scheduler.key),
    unschedule: async (id) => void (await queue.removeJobScheduler(id)),
    counts: async () => {
      const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
      const of = (name: string) => counts[name] ?? 0;
      return { waiting: of('waiting') + of('prioritized'), active: of('active'), delayed: of('delayed'), failed: of('failed') };
    },
    close: () => queue.close(),
  };
}
