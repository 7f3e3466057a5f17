import { z } from 'zod';
import { migrations } from '../../migrations/index.ts';
import { systemContext } from '../../src/context.ts';
import { createDatabase } from '../../src/platform/database/external.ts';
import { createLogger } from '../../src/platform/log.ts';
import { createJobRunner } from '../../src/platform/queue/bullmq.ts';
import { OutboxQueue } from '../../src/platform/queue/outbox.ts';
import { defineJob } from '../../src/platform/queue/queue.ts';
import { serveChild } from '../lib/child.ts';
import { type QueueQuestion, QUEUE_CONCURRENCY, waitMs } from '../lib/queue-settings.ts';

/**
 * The queue as the product runs it: rows of the outbox in transactions, the relay, BullMQ on Redis, and per job the row that counts the run and
 * the one statement of inbox and outbox. Arguments: addresses of Redis and of PostgreSQL.
 */

const log = createLogger({ level: 'warn', format: 'pretty' });
const [, , redisUrl = '', databaseUrl = ''] = process.argv;
const database = await createDatabase({ url: databaseUrl, entities: [], migrations, log });
await database.migrate();
await database.sql.query({}, 'truncate outbox, inbox');

let jobMs = 0;
let left = 0;
let worked = (): void => undefined;
const count = defineJob({
  name: 'bench.count',
  queue: 'io',
  payload: z.object({ n: z.number() }),
  handle: async () => {
    await waitMs(jobMs);
    left -= 1;
    if (left === 0) worked();
  },
});
const queue = new OutboxQueue(database.sql);
const runner = createJobRunner({
  database,
  backend: { kind: 'redis', url: redisUrl, prefix: 'bench-damson' },
  makeCtx: (workspaceId, signal) => systemContext(workspaceId, { signal }),
  concurrency: { io: QUEUE_CONCURRENCY },
  log,
});
runner.register([count]);
await runner.start(['io']);
const ctx = systemContext('');

/** Asked only when all have been worked, as often as it takes until the last end is noted: the asking itself is no work of the queue's. */
const LEFT = `select exists (select 1 from outbox where state = 'pending') or exists (select 1 from outbox where state = 'published') as left`;

async function untilDone(): Promise<void> {
  for (;;) {
    const [row] = await database.sql.query<{ left: boolean }>({}, LEFT);
    if (!row?.left) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

serveChild(
  {},
  async (question) => {
    const { count: jobs, batch, ms } = question as QueueQuestion;
    await database.sql.query({}, 'truncate outbox, inbox');
    jobMs = ms;
    left = jobs;
    const handled = new Promise<void>((resolve) => {
      worked = resolve;
    });
    const began = performance.now();
    for (let at = 0; at < jobs; at += batch) {
      const payloads = Array.from({ length: Math.min(batch, jobs - at) }, (_, n) => ({ n: at + n }));
      await database.transactions.run(ctx, (trx) => queue.enqueueMany(trx, count, payloads));
    }
    await handled;
    await untilDone();
    return { ms: performance.now() - began };
  },
  async () => {
    await runner.close(0);
    await database.close();
  },
);
