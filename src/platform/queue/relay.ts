import { systemContext } from '../../context.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { NewJob } from './backend.ts';
import type { JobRegistry } from './job-registry.ts';
import { attemptsOf, DEFAULT_PRIORITY } from './job-registry.ts';
import type { OutboxRow, OutboxRows } from './outbox-rows.ts';
import type { QueueName } from './queue.ts';

export interface RelayOptions {
  readonly database: Database;
  readonly rows: OutboxRows;
  readonly registry: JobRegistry;
  readonly publish: (queue: QueueName, jobs: readonly NewJob[]) => Promise<void>;
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
  #woken = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #unlisten: (() => Promise<void>) | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { notifications } = this.#options.database;
    notifications.onGap(() => this.#poke());
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

  #poke(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    for (let polls = 0; !this.#stopped; polls += 1) {
      // A notification that comes from here on belongs to rows this batch may have missed: it is read again at once.
      this.#woken = false;
      try {
        const fresh = await this.#batch('due');
        const late = polls % EXPIRED_EVERY_POLLS === 0 ? await this.#batch('expired') : 0;
        if (fresh === BATCH || late === BATCH) continue;
      } catch (error) {
        if (!this.#stopped) this.#options.log.warn({ err: error }, 'the outbox relay could not publish; it tries again');
      }
      await this.#rest();
    }
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
      const found = await rows[which](ctx, registry.names(), BATCH);
      if (found.length === 0) return 0;
      await this.#publish(found);
      await rows.published(
        ctx,
        found.map((row) => row.id),
        leaseMs,
      );
      return found.length;
    });
  }

  async #publish(found: readonly OutboxRow[]): Promise<void> {
    const byQueue = new Map<QueueName, NewJob[]>();
    for (const row of found) {
      const job = this.#options.registry.get(row.topic);
      if (!job) continue;
      const jobs = byQueue.get(job.queue) ?? [];
      byQueue.set(job.queue, jobs);
      jobs.push({
        name: row.topic,
        data: { w: row.workspace_id, p: row.payload },
        opts: {
          jobId: row.id,
          attempts: attemptsOf(job),
          priority: job.priority ?? DEFAULT_PRIORITY,
          backoff: { type: 'exponential', delay: this.#options.backoffMs },
        },
      });
    }
    for (const [queue, jobs] of byQueue) await this.#options.publish(queue, jobs);
  }
}
