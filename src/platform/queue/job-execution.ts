import { UnrecoverableError, WaitingError } from 'bullmq';
import type { Ctx } from '../../context.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { JobData } from './backend.ts';
import { type AnyJob, attemptsOf, timeoutOf } from './job-registry.ts';
import type { Marks } from './marks.ts';
import type { OutboxRows, PickedUp } from './outbox-rows.ts';
import { type JobRun, PermanentJobError } from './queue.ts';

export interface ExecutionOptions {
  readonly database: Database;
  readonly rows: OutboxRows;
  readonly makeCtx: (workspaceId: string, signal: AbortSignal) => Ctx;
  readonly log: Log;
  readonly leaseMs: number;
  readonly marks: Marks;
  /** A run ended, well or not; `ms` is its wall-clock time. */
  readonly onFinished?: (fact: FinishedRun) => void;
}

export interface FinishedRun {
  readonly job: string;
  readonly id: string;
  readonly attempt: number;
  readonly ms: number;
  readonly error?: Error;
  /** It was the last attempt. */
  readonly dead?: boolean;
}

/** What the queue hands over for one run. */
export interface Delivery {
  readonly id: string;
  readonly data: JobData;
  /** Attempts that ended with an error, as the queue counts them; used for scheduled jobs only. */
  readonly failedBefore: number;
  /** Puts the job back without counting an attempt. */
  readonly giveBack: () => Promise<void>;
  readonly fromSchedule: boolean;
  /** The first time this job of the queue is handed to anybody. */
  readonly first: boolean;
}

/** A job whose process died so often is taken for the cause. */
const MAX_LOST_RUNS = 3;
/** How long a handler may take to notice that it is stopped. */
const UNWIND_MS = 2000;
/** When `onFailed` itself failed, the row is published again after this time. */
const RETRY_ONFAILED_MS = 30_000;

/** The database could not be asked or told about this run; nothing is known of it, so it does not count. */
export class BookkeepingError extends Error {}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function isPermanent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'permanent' in error && error.permanent === true;
}

async function noted<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new BookkeepingError('the database could not be told about a job', { cause: error });
  }
}

/** Runs one delivery of one job: counting, time limit, effect once, failure handling. */
export class JobExecution {
  readonly #options: ExecutionOptions;
  readonly #job: AnyJob;
  readonly #delivery: Delivery;
  readonly #controller = new AbortController();
  #releasing = false;
  #unwind: NodeJS.Timeout | undefined;
  #abandon: (reason: Error) => void = () => undefined;

  constructor(options: ExecutionOptions, job: AnyJob, delivery: Delivery) {
    this.#options = options;
    this.#job = job;
    this.#delivery = delivery;
  }

  /** The process shuts down: stops the handler; the job goes back to the queue. */
  release(): void {
    this.#releasing = true;
    this.#stop(new Error('the worker is shutting down'));
  }

  /**
   * @throws what BullMQ is to make of it: any error = next attempt after the backoff, `UnrecoverableError` = over; `BookkeepingError` =
   * the same attempt later
   */
  async run(): Promise<void> {
    const picked = await this.#pickUp();
    if (!picked) return;
    const spent = this.#spent(picked);
    if (spent) return this.#giveUp(spent);
    const attempt = picked.failures + 1;
    const began = performance.now();
    const tell = (how: Pick<FinishedRun, 'error' | 'dead'>): void =>
      this.#options.onFinished?.({ job: this.#job.name, id: this.#delivery.id, attempt, ms: performance.now() - began, ...how });
    try {
      await this.#attempt(attempt);
      tell({});
    } catch (error) {
      const dead = isPermanent(error) || attempt >= attemptsOf(this.#job);
      if (!this.#releasing) tell({ error: error instanceof Error ? error : new Error(messageOf(error)), dead });
      await this.#failed(error, attempt);
    }
  }

  async #pickUp(): Promise<PickedUp | null> {
    const { data, first, id, fromSchedule, failedBefore } = this.#delivery;
    if (fromSchedule) return { lost: 0, failures: failedBefore, error: null };
    if (first && data.f !== undefined) return { lost: 0, failures: data.f, error: null };
    return noted(this.#options.rows.pickUp({}, id, timeoutOf(this.#job) + this.#options.leaseMs));
  }

  #spent(picked: PickedUp): Error | null {
    if (picked.lost >= MAX_LOST_RUNS) return new PermanentJobError(`the worker died ${picked.lost} times during this job`);
    if (picked.failures >= attemptsOf(this.#job)) return new Error(picked.error ?? 'all attempts failed');
    return null;
  }

  async #attempt(attempt: number): Promise<void> {
    const ctx = this.#options.makeCtx(this.#delivery.data.w, this.#controller.signal);
    const payload = this.#job.payload.safeParse(this.#delivery.data.p);
    if (!payload.success) throw new PermanentJobError(`the payload does not fit the job: ${payload.error.message}`);
    let completed = false;
    const run: JobRun = {
      id: this.#delivery.id,
      attempt,
      maxAttempts: attemptsOf(this.#job),
      complete: (given, effect) => {
        completed = true;
        return this.#complete(given, effect);
      },
    };
    await this.#limited(async () => {
      await this.#job.handle(ctx, payload.data, run);
      if (!completed) await this.#end();
    });
  }

  /** Tells the handler to stop; after a moment it is waited for no longer. */
  #stop(reason: Error): void {
    this.#controller.abort(reason);
    this.#unwind ??= setTimeout(() => this.#abandon(reason), UNWIND_MS);
  }

  /** Waits for the work; when time is up tells it to stop. */
  async #limited(work: () => Promise<void>): Promise<void> {
    const limitMs = timeoutOf(this.#job);
    const limit = setTimeout(() => this.#stop(new Error(`the job took longer than ${limitMs} ms`)), limitMs);
    const abandoned = new Promise<never>((_, reject) => {
      this.#abandon = reject;
    });
    try {
      await Promise.race([work(), abandoned]);
    } finally {
      clearTimeout(limit);
      clearTimeout(this.#unwind);
      this.#abandon = () => undefined;
    }
  }

  async #complete(ctx: Ctx, effect?: (ctx: Ctx) => Promise<void>): Promise<boolean> {
    const { signal } = this.#controller;
    // Whoever was told to stop must not commit: its job is another run's by now.
    signal.throwIfAborted();
    if (!effect) return this.#mark(ctx);
    return this.#options.database.transactions.run(ctx, async (trx) => {
      const first = await this.#mark(trx);
      if (first) await effect(trx);
      signal.throwIfAborted();
      return first;
    });
  }

  /** The handler had no effect to be kept with the job's end, so the queue need not wait for that to be noted. */
  async #end(): Promise<void> {
    const { id, fromSchedule } = this.#delivery;
    this.#controller.signal.throwIfAborted();
    if (!fromSchedule) await this.#options.marks.add(id, this.#options.rows.completeSoon(this.#job.name, id));
  }

  async #mark(ctx: Ctx): Promise<boolean> {
    return this.#delivery.fromSchedule || this.#options.rows.complete(ctx, this.#job.name, this.#delivery.id);
  }

  async #failed(error: unknown, attempt: number): Promise<never> {
    const { rows, log } = this.#options;
    const { id, fromSchedule } = this.#delivery;
    if (this.#releasing) {
      if (!fromSchedule) await noted(rows.released({}, id));
      await this.#delivery.giveBack();
      throw new WaitingError();
    }
    const message = messageOf(error);
    const over = isPermanent(error) || attempt >= attemptsOf(this.#job);
    log[over ? 'error' : 'warn']({ err: error, job: this.#job.name, id, attempt, of: attemptsOf(this.#job) }, 'job attempt failed');
    if (!fromSchedule) await noted(rows.failed({}, id, message, over ? RETRY_ONFAILED_MS : this.#options.leaseMs));
    if (over) await this.#giveUp(error instanceof Error ? error : new Error(message));
    throw error instanceof Error ? error : new Error(message);
  }

  /** `onFailed` and the row's end in one transaction; when that fails, the lease brings the row back and this is tried again. */
  async #giveUp(error: Error): Promise<never> {
    const { rows, database, makeCtx, log } = this.#options;
    const { id, data, fromSchedule } = this.#delivery;
    const ctx = makeCtx(data.w, AbortSignal.timeout(timeoutOf(this.#job)));
    try {
      await database.transactions.run(ctx, async (trx) => {
        const first = fromSchedule || (await rows.bury(trx, id, error.message));
        const payload = this.#job.payload.safeParse(data.p);
        if (first && payload.success) await this.#job.onFailed?.(trx, payload.data, error);
      });
    } catch (cause) {
      log.error({ err: cause, job: this.#job.name, id }, 'the end of a failed job could not be recorded; it is tried again');
    }
    throw new UnrecoverableError(error.message);
  }
}
