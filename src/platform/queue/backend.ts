import type { JobsOptions, Processor } from 'bullmq';
import type { QueueEngine } from './queue.ts';

/** What BullMQ works on. Everything else uses the few calls below, which behave alike on every store. */

export type QueueBackendConfig =
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** Connections at most; four workers hold one each for LISTEN. Default 12. */
      readonly poolSize?: number;
    }
  | {
      readonly kind: 'redis';
      /** `redis://` or `rediss://`, with user, password and database number where needed. */
      readonly url: string;
      /** First part of every key; default `damson`. Installations that share one Redis need one each. */
      readonly prefix?: string;
    };

export interface JobData {
  /** Workspace; empty for scheduled jobs. */
  readonly w: string;
  /** Payload. */
  readonly p: unknown;
  /** Failed runs before, when the first delivery of this job is counted on its row already; else the run counts itself. */
  readonly f?: number;
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
  /** @throws at once when the store is away: whoever publishes holds rows of the outbox locked. */
  add(jobs: readonly NewJob[]): Promise<void>;
  /** Removes ended jobs of these ids: as long as they are kept, new ones of the same id are refused. */
  clear(ids: readonly string[]): Promise<void>;
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

/** What a store that may lose everything by itself knows of its own past. */
export interface StoreMemory {
  /** The name of its present life; null when it has none: new, emptied, restarted, another server took over. @throws when it is away */
  recall(): Promise<string | null>;
  /** Begins a life; its name. Called when everything published before has been marked to be published again. */
  begin(): Promise<string>;
}

export interface QueueBackend {
  /** Null for a store that keeps what it was given as well as the database does. */
  readonly memory: StoreMemory | null;
  queue(name: string): QueueHandle;
  /** Resolves when the worker takes jobs, or will as soon as the store is there. */
  worker(name: string, work: Processor<JobData, void>, settings: WorkerSettings): Promise<WorkerHandle>;
  /** @throws when the store does not answer */
  describe(): Promise<QueueEngine>;
  close(): Promise<void>;
}
