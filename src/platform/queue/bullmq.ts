import { DelayedError, type Job, type Processor, WaitingError } from 'bullmq';
import { z } from 'zod';
import { type Ctx, systemContext } from '../../context.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { JobData, QueueBackend, QueueBackendConfig, QueueHandle, WorkerHandle } from './backend.ts';
import { createBackend } from './create-backend.ts';
import { BookkeepingError, type ExecutionOptions, type FinishedRun, JobExecution } from './job-execution.ts';
import { type AnyJob, attemptsOf, JobRegistry } from './job-registry.ts';
import { Marks } from './marks.ts';
import { OutboxRows } from './outbox-rows.ts';
import { defineJob, type JobDef, type JobRunner, type QueueEngine, QUEUES, type QueueName, type QueueStats } from './queue.ts';
import { Relay } from './relay.ts';

export interface JobRunnerOptions {
  readonly database: Database;
  readonly backend: QueueBackendConfig;
  /** The context of a run; scheduled jobs have workspace ''. */
  readonly makeCtx: (workspaceId: string, signal: AbortSignal) => Ctx;
  readonly log: Log;
  /** Told of every run that ended. */
  readonly onFinished?: (fact: FinishedRun) => void;
  /** Jobs at a time in this process; default media 2, video 1, io 4, search 1, cron 1. */
  readonly concurrency?: Partial<Record<QueueName, number>>;
  /** A running job is another worker's when this process gave no sign for so long; default 10,000. */
  readonly lockDurationMs?: number;
  /** How often lost jobs are looked for; default 5,000. A job is taken over at the second look. */
  readonly stalledIntervalMs?: number;
  /** First pause between attempts, doubled each time; default 1,000. */
  readonly backoffMs?: number;
  /** How often the outbox is read when no notification comes; default 1,000. */
  readonly pollMs?: number;
  /** A published row of which nothing is heard is published again after this; default 300,000. */
  readonly leaseMs?: number;
  /** How long done rows are kept; default one day. Dead ones are kept 30 days. */
  readonly retentionMs?: number;
}

const CONCURRENCY: Record<QueueName, number> = { media: 2, video: 1, io: 4, search: 1, cron: 1 };
const DAY_MS = 86_400_000;
const DEAD_RETENTION_MS = 30 * DAY_MS;
const PRUNE_EVERY_MS = 600_000;
const PRUNE_BATCH = 5000;
/** A job this process has no handler for is offered again after this. */
const UNKNOWN_PAUSE_MS = 500;
/** A run the database could not be told about is tried again after this. */
const DATABASE_PAUSE_MS = 1000;
/** Ends of jobs that are being noted at a time. */
const MAX_MARKS = 500;
/** BullMQ refuses `:` in ids. */
const SCHEDULE_PREFIX = 'job-';

const stateOf = (job: Job): Promise<string> => job.getState().catch(() => 'unreachable');

/** Jobs on BullMQ, fed by the outbox. */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  return new BullRunner(options);
}

class BullRunner implements JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #registry = new JobRegistry();
  readonly #rows: OutboxRows;
  readonly #execution: ExecutionOptions;
  readonly #marks = new Marks(MAX_MARKS, (id) => this.#relay?.orphaned(id));
  readonly #queues = new Map<QueueName, QueueHandle>();
  readonly #workers = new Map<QueueName, WorkerHandle>();
  readonly #active = new Map<JobExecution, { queue: QueueName; running: Promise<void> }>();
  #backend: Promise<QueueBackend> | undefined;
  #started = false;
  /** Whether the store may lose jobs by itself. */
  #forgetful = false;
  #relay: Relay | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#rows = new OutboxRows(options.database.sql);
    this.#execution = {
      database: options.database,
      rows: this.#rows,
      makeCtx: options.makeCtx,
      log: options.log,
      leaseMs: options.leaseMs ?? 300_000,
      onFinished: options.onFinished,
      marks: this.#marks,
    };
    this.register([this.#pruneJob()]);
  }

  register(jobs: Parameters<JobRunner['register']>[0]): void {
    for (const job of jobs as readonly AnyJob[]) this.#registry.add(job);
  }

  async start(queues: readonly QueueName[]): Promise<void> {
    if (this.#started) throw new Error('the job runner was started already');
    this.#started = true;
    const { database, log, backoffMs = 1000, pollMs = 1000, leaseMs = 300_000 } = this.#options;
    const backend = await this.#open();
    const { memory } = backend;
    this.#forgetful = memory !== null;
    const onNewLife = async (): Promise<void> => {
      for (const name of queues) await this.#schedule(name);
    };
    // A store with a memory of its own may be away: then the relay sees to the schedules when it finds it.
    if (memory === null) await onNewLife();
    for (const name of queues) this.#workers.set(name, await backend.worker(name, this.#work, this.#workerSettings(name)));
    const publish = async (name: QueueName, jobs: Parameters<QueueHandle['add']>[0]): Promise<void> => this.#queue(name).add(jobs);
    const clear = (name: QueueName, ids: readonly string[]): Promise<void> => this.#queue(name).clear(ids);
    const { registry, rows } = { registry: this.#registry, rows: this.#rows };
    const relay = new Relay({ database, rows, registry, publish, clear, memory, onNewLife, log, backoffMs, pollMs, leaseMs });
    this.#relay = relay;
    await relay.start();
  }

  close(graceMs = 10_000): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async stats(): Promise<{ queues: QueueStats[]; outboxPending: number; outboxOldestMs: number }> {
    await this.#open();
    const [backlog, counted] = await Promise.all([this.#rows.backlog(), this.#counts()]);
    const queues = counted.map(({ queue, ...counts }) => {
      const dead = backlog.dead.filter(({ topic }) => this.#registry.get(topic)?.queue === queue);
      return { queue, ...counts, failed: dead.reduce((sum, { count }) => sum + count, 0) };
    });
    return { queues, outboxPending: backlog.pending, outboxOldestMs: backlog.oldestMs };
  }

  async describe(): Promise<QueueEngine> {
    return (await this.#open()).describe();
  }

  async #counts(): Promise<QueueStats[]> {
    try {
      return await Promise.all(QUEUES.map(async (queue) => ({ queue, ...(await this.#queue(queue).counts()) })));
    } catch (error) {
      this.#options.log.debug({ err: error }, 'the queues could not be counted');
      return [];
    }
  }

  #open(): Promise<QueueBackend> {
    this.#backend ??= (async () => {
      const backend = await createBackend(this.#options.backend, this.#options.log);
      for (const name of QUEUES) this.#queues.set(name, backend.queue(name));
      return backend;
    })();
    return this.#backend;
  }

  #queue(name: QueueName): QueueHandle {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`unknown queue ${name}`);
    return queue;
  }

  #workerSettings(name: QueueName) {
    const { concurrency, lockDurationMs = 10_000, stalledIntervalMs = 5_000 } = this.#options;
    return { concurrency: concurrency?.[name] ?? CONCURRENCY[name], lockDurationMs, stalledIntervalMs };
  }

  /** Schedules of this queue as defined now; those of jobs that no longer exist are removed. */
  async #schedule(name: QueueName): Promise<void> {
    const queue = this.#queue(name);
    const wanted = this.#registry.scheduledOn(name);
    for (const job of wanted) {
      const repeat = job.cron === undefined ? { every: job.every ?? DAY_MS } : { pattern: job.cron, tz: 'UTC' };
      const backoff = { type: 'exponential', delay: this.#options.backoffMs ?? 1000 };
      await queue.schedule(SCHEDULE_PREFIX + job.name, repeat, job.name, { attempts: attemptsOf(job), backoff });
    }
    const ids = new Set(wanted.map((job) => SCHEDULE_PREFIX + job.name));
    for (const id of await queue.schedules()) if (id.startsWith(SCHEDULE_PREFIX) && !ids.has(id)) await queue.unschedule(id);
  }

  readonly #work: Processor<JobData, void> = async (delivered, token) => {
    const job = this.#registry.get(delivered.name);
    if (!job) {
      // Another version of the program defined it (a rolling update); a process that knows it will come by.
      await delivered.moveToDelayed(Date.now() + UNKNOWN_PAUSE_MS, token);
      throw new DelayedError();
    }
    const giveBack = async (): Promise<void> => void (await delivered.moveToWait(token));
    // Fetched while the worker was told to stop.
    if (this.#closing) {
      await giveBack();
      throw new WaitingError();
    }
    const execution = new JobExecution(this.#execution, job, {
      id: delivered.id ?? '',
      data: delivered.data,
      failedBefore: delivered.attemptsMade,
      fromSchedule: delivered.repeatJobKey !== undefined,
      first: delivered.attemptsStarted === 1,
      giveBack,
    });
    const running = execution.run();
    this.#active.set(execution, { queue: job.queue, running });
    try {
      await running;
    } catch (error) {
      // What was taken from a store that has been emptied since cannot be given back to it; the outbox must hear of that.
      if (this.#forgetful && !this.#closing && (await stateOf(delivered)) === 'unknown') this.#relay?.orphaned(delivered.id ?? '');
      if (!(error instanceof BookkeepingError)) throw error;
      this.#options.log.debug({ err: error, job: job.name }, 'a job waits for the database');
      await delivered.moveToDelayed(Date.now() + DATABASE_PAUSE_MS, token);
      throw new DelayedError();
    } finally {
      this.#active.delete(execution);
    }
  };

  async #close(graceMs: number): Promise<void> {
    await this.#relay?.stop();
    await Promise.all([...this.#workers.values()].map((worker) => worker.pause()));
    await this.#settled(graceMs);
    for (const execution of this.#active.keys()) execution.release();
    // The execution itself stops waiting for a deaf handler after two seconds.
    await this.#settled(graceMs > 0 ? 3000 : 0);
    await this.#marks.settled();
    const busy = new Set([...this.#active.values()].map(({ queue }) => queue));
    await Promise.all([...this.#workers].map(([queue, worker]) => worker.close(busy.has(queue))));
    for (const queue of this.#queues.values()) await queue.close();
    await (await this.#backend)?.close();
  }

  /** Resolves when no job runs any more, or after `limitMs`. */
  async #settled(limitMs: number): Promise<void> {
    if (this.#active.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.allSettled([...this.#active.values()].map(({ running }) => running)), late]);
    clearTimeout(timer);
  }

  #pruneJob(): JobDef<Record<string, never>> {
    return defineJob({
      name: 'queue.prune',
      queue: 'cron',
      payload: z.object({}).strict(),
      every: PRUNE_EVERY_MS,
      handle: async (ctx) => {
        const retentionMs = this.#options.retentionMs ?? DAY_MS;
        let removed = 0;
        do {
          ctx.signal.throwIfAborted();
          removed = await this.#rows.prune(systemContext(''), retentionMs, DEAD_RETENTION_MS, PRUNE_BATCH);
        } while (removed === PRUNE_BATCH);
      },
    });
  }
}
