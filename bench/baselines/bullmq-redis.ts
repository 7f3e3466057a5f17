import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { serveChild } from '../lib/child.ts';
import { type QueueQuestion, QUEUE_JOB_OPTIONS, QUEUE_WORKER_OPTIONS, waitMs } from '../lib/queue-settings.ts';

/** BullMQ on Redis and nothing else: jobs are put into the queue in hundreds and worked in the same process. First argument: the address of Redis. */

const connection = new Redis(process.argv[2] ?? '', { maxRetriesPerRequest: null });
const prefix = 'bench-alone';
let left = 0;
let jobMs = 0;
let finished = (): void => undefined;

const queue = new Queue('io', { connection, prefix, streams: { events: { maxLen: 100 } } });
const worker = new Worker(
  'io',
  async () => {
    await waitMs(jobMs);
    left -= 1;
    if (left === 0) finished();
  },
  { connection, prefix, ...QUEUE_WORKER_OPTIONS },
);
await worker.waitUntilReady();

serveChild(
  {},
  async (question) => {
    const { count, batch, ms } = question as QueueQuestion;
    left = count;
    jobMs = ms;
    const done = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const began = performance.now();
    for (let at = 0; at < count; at += batch) {
      const size = Math.min(batch, count - at);
      await queue.addBulk(
        Array.from({ length: size }, (_, n) => ({ name: 'bench.count', data: { w: '', p: { n: at + n } }, opts: QUEUE_JOB_OPTIONS })),
      );
    }
    await done;
    return { ms: performance.now() - began };
  },
  async () => {
    await worker.close(true);
    await queue.obliterate({ force: true }).catch(() => undefined);
    await queue.close();
    connection.disconnect();
  },
);
