import type { ZodType } from 'zod';
import type { Ctx } from '../../context.ts';

/**
 * Jobs: one definition each, five queues by resource. `enqueue` writes an outbox row in the caller's
 * transaction; a relay publishes it. Every handler may run twice, so effects go through `run.complete`.
 */

export const QUEUES = ['media', 'video', 'io', 'search', 'cron'] as const;
export type QueueName = (typeof QUEUES)[number];

export interface JobRun {
  /** The outbox id: the same for every attempt. */
  readonly id: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /**
   * Runs `effect`, the inbox row and the outbox row's `done` in one transaction. When this job's effect was
   * already committed by an earlier run, `effect` is not called and false is returned. A handler that returns
   * without calling it is completed with an empty effect.
   */
  complete(ctx: Ctx, effect?: (ctx: Ctx) => Promise<void>): Promise<boolean>;
}

export interface JobDef<P> {
  readonly name: string;
  readonly queue: QueueName;
  /** Ids only; documents are built from the database when the job runs. */
  readonly payload: ZodType<P>;
  /** Attempts before `onFailed`; default 5, exponential backoff from 1 s. */
  readonly attempts?: number;
  /** Wall-clock limit in ms, given to the handler through `ctx.signal`; default 10 minutes. */
  readonly timeoutMs?: number;
  /** 1 is most urgent; default 10. */
  readonly priority?: number;
  /** The priority of one job, where it is not that of all; whole numbers from 1. */
  priorityOf?(payload: P): number;
  /** Periodic work: every so many ms, or a cron pattern (UTC). Payload is `{}`. */
  readonly every?: number;
  readonly cron?: string;
  handle(ctx: Ctx, payload: P, run: JobRun): Promise<void>;
  /** After the last attempt. Runs in a transaction with the outbox row's `dead`. */
  onFailed?(ctx: Ctx, payload: P, error: Error): Promise<void>;
}

/** Checks a definition; the one way to make one. */
export function defineJob<P>(def: JobDef<P>): JobDef<P> {
  if (!/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/.test(def.name)) throw new Error(`job name must be module.verb: ${def.name}`);
  return def;
}

/** Throw this (or any error with `permanent: true`) to skip the remaining attempts. */
export class PermanentJobError extends Error {
  readonly permanent = true;
}

export interface EnqueueOptions {
  /** What the job is about (an asset's id), for people and for the doctor. */
  readonly subject?: string;
  /** Earliest start, ms from now; kept to about a second. */
  readonly delayMs?: number;
}

export interface JobQueue {
  /** Writes the outbox row in `ctx.trx`; without one the single statement is its own transaction. */
  enqueue<P>(ctx: Ctx, job: JobDef<P>, payload: P, options?: EnqueueOptions): Promise<void>;
  /** Many jobs of one kind in one statement. */
  enqueueMany<P>(ctx: Ctx, job: JobDef<P>, payloads: readonly P[], options?: EnqueueOptions): Promise<void>;
}

export interface QueueStats {
  readonly queue: QueueName;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** What the queue works on, for `doctor` and readiness. */
export interface QueueEngine {
  readonly engine: string;
  readonly version: string;
  readonly latencyMs: number;
  readonly features: readonly string[];
  /** What is wrong with its settings, in sentences for people. */
  readonly problems: readonly string[];
}

/** The side of a process that works jobs. */
export interface JobRunner {
  /** Refuses (throws) a job without handler, two jobs of one name, an unknown queue. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the list of all jobs mixes payload types
  register(jobs: readonly JobDef<never>[] | readonly JobDef<any>[]): void;
  /** Starts the relay and workers for these queues. Does not wait for a Redis that is away: jobs wait in the outbox until it is there. */
  start(queues: readonly QueueName[]): Promise<void>;
  /** Waits for running jobs up to `graceMs`, then lets go of them (another worker takes over). */
  close(graceMs?: number): Promise<void>;
  /** `queues` is empty while the store of the queue is away; the outbox is told all the same. */
  stats(): Promise<{ queues: QueueStats[]; outboxPending: number; outboxOldestMs: number }>;
  /** @throws when the store of the queue does not answer */
  describe(): Promise<QueueEngine>;
}
