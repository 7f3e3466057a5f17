import { systemContext } from '../../context.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { NewJob, StoreMemory } from './backend.ts';
import type { JobRegistry } from './job-registry.ts';
import { attemptsOf, priorityFor } from './job-registry.ts';
import type { OutboxRow, OutboxRows } from './outbox-rows.ts';
import type { QueueName } from './queue.ts';

export interface RelayOptions {
  readonly database: Database;
  readonly rows: OutboxRows;
  readonly registry: JobRegistry;
  readonly publish: (queue: QueueName, jobs: readonly NewJob[]) => Promise<void>;
  /** Lets go of ended jobs of these ids, so that they can be published again. */
  readonly clear: (queue: QueueName, ids: readonly string[]) => Promise<void>;
  readonly memory: StoreMemory | null;
  /** The store begins a life (or this process meets it for the first time): what is kept there alone must be put there again. */
  readonly onNewLife: () => Promise<void>;
  readonly log: Log;
  readonly backoffMs: number;
  readonly pollMs: number;
  readonly leaseMs: number;
}

const BATCH = 100;
/** Leases last minutes; looking for expired ones at each poll would be waste. */
const EXPIRED_EVERY_POLLS = 5;
const CHANNEL = 'outbox';

/**
 * Carries committed outbox rows into the queue: woken by NOTIFY, with a poll behind it. Any number of relays may run; rows are skipped while
 * another one holds them, and publishing a row twice is refused by the queue (job id = row id) or ends without effect (inbox).
 */
export class Relay {
  readonly #options: RelayOptions;
  #stopped = false;
  #troubled = false;
  /** The store's life as this relay knows it, and when it last asked. */
  #life: string | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** The database was away; if it crashed, it forgot what was noted last without waiting for the disk. */
  #gap = false;
  /** Rows whose job the store no longer knows although it was being worked. */
  readonly #orphans = new Set<string>();
  #woken = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #unlisten: (() => Promise<void>) | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { notifications } = this.#options.database;
    notifications.onGap(() => {
      this.#gap = true;
      this.#poke();
    });
    this.#unlisten = await notifications.listen(CHANNEL, () => this.#poke());
    this.#running = this.#run();
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#poke();
    await this.#unlisten?.();
    await this.#running;
  }

  /** The store has lost this row's job: it is published again soon, not when its lease ends. */
  orphaned(id: string): void {
    this.#orphans.add(id);
  }

  #poke(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    for (let polls = 0; !this.#stopped; polls += 1) {
      // A notification that comes from here on belongs to rows this batch may have missed: it is read again at once.
      this.#woken = false;
      try {
        const again = (await this.#remember()) || (await this.#afterGap()) || (await this.#collectOrphans());
        const fresh = await this.#batch('due');
        const late = again || polls % EXPIRED_EVERY_POLLS === 0 ? await this.#batch('expired') : 0;
        this.#recovered();
        // Whatever was late is read to its end before anything is waited for.
        if (late === BATCH) polls = EXPIRED_EVERY_POLLS - 1;
        if (fresh === BATCH || late === BATCH) continue;
      } catch (error) {
        this.#failed(error);
      }
      await this.#rest();
    }
  }

  /** One line when trouble begins and one when it ends; an outage of minutes must not fill the log. */
  #failed(error: unknown): void {
    if (this.#stopped) return;
    this.#options.log[this.#troubled ? 'debug' : 'warn']({ err: error }, 'the outbox relay could not publish; it tries again');
    this.#troubled = true;
  }

  #recovered(): void {
    if (this.#troubled) this.#options.log.info({}, 'the outbox relay publishes again');
    this.#troubled = false;
  }

  /**
   * Asks the store, once per poll, whether it still knows what it was given; if not, all published rows are published again at once.
   * @returns true when that happened. @throws when the store is away: then no row is even looked at
   */
  async #remember(): Promise<boolean> {
    const { memory, pollMs } = this.#options;
    const now = performance.now();
    if (memory === null || now - this.#askedAt < pollMs) return false;
    const known = await memory.recall();
    const life = known ?? (await this.#beginLife(memory));
    if (life !== this.#life) await this.#options.onNewLife();
    this.#life = life;
    this.#askedAt = now;
    return known === null;
  }

  /** Rows that say *published* may have been done, or their job may have ended without that being known here; jobs that wait or run refuse a second one. */
  async #afterGap(): Promise<boolean> {
    if (!this.#gap) return false;
    this.#gap = false;
    await this.#publishAgain().catch((error: unknown) => {
      this.#gap = true;
      throw error;
    });
    return true;
  }

  #publishAgain(): Promise<number> {
    const { database, rows } = this.#options;
    return database.transactions.run(systemContext(''), async (ctx) => {
      await rows.lockPublishing(ctx, 'alone');
      return rows.publishAgain(ctx);
    });
  }

  async #collectOrphans(): Promise<boolean> {
    const ids = [...this.#orphans];
    if (ids.length === 0) return false;
    await this.#options.rows.late({}, ids);
    for (const id of ids) this.#orphans.delete(id);
    return true;
  }

  async #beginLife(memory: StoreMemory): Promise<string> {
    const count = await this.#publishAgain();
    this.#gap = false;
    this.#options.log[count > 0 ? 'warn' : 'debug']({ rows: count }, 'the queue lost what it held; all of it is published again');
    return memory.begin();
  }

  #rest(): Promise<void> {
    if (this.#woken || this.#stopped) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, this.#options.pollMs);
      this.#wake = done;
    });
  }

  /** One transaction: lock rows, publish, mark. A crash in between leaves them pending and they are published again. */
  #batch(which: 'due' | 'expired'): Promise<number> {
    const { database, rows, registry, leaseMs } = this.#options;
    return database.transactions.run(systemContext(''), async (ctx) => {
      await rows.lockPublishing(ctx, 'shared');
      const found = await rows[which](ctx, registry.names(), BATCH);
      if (found.length === 0) return 0;
      await this.#publish(found, which === 'expired');
      await rows.published(
        ctx,
        found.map((row) => row.id),
        leaseMs,
      );
      return found.length;
    });
  }

  async #publish(found: readonly OutboxRow[], again: boolean): Promise<void> {
    const byQueue = new Map<QueueName, NewJob[]>();
    for (const row of found) {
      const job = this.#options.registry.get(row.topic);
      if (!job) continue;
      const jobs = byQueue.get(job.queue) ?? [];
      byQueue.set(job.queue, jobs);
      jobs.push({
        name: row.topic,
        data: { w: row.workspace_id, p: row.payload, ...(row.fresh ? { f: row.failures } : {}) },
        opts: {
          jobId: row.id,
          attempts: attemptsOf(job),
          priority: priorityFor(job, row.payload),
          backoff: { type: 'exponential', delay: this.#options.backoffMs },
        },
      });
    }
    for (const [queue, jobs] of byQueue) {
      // The queue may keep the row's job as ended: its process died, or the database was away, before that was noted here.
      if (again)
        await this.#options.clear(
          queue,
          jobs.map((job) => job.opts.jobId ?? ''),
        );
      await this.#options.publish(queue, jobs);
    }
  }
}
