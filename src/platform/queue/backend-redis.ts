import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../log.ts';
import type { QueueBackend, QueueBackendConfig, WorkerHandle } from './backend.ts';
import { queueHandle, STREAMS, workerOptions } from './backend-bullmq.ts';
import { createMemory, inspectRedis } from './redis-server.ts';
import { assertReady, connectRedis } from './redis.ts';

type Config = Extract<QueueBackendConfig, { kind: 'redis' }>;

/**
 * Ended jobs are not kept. A kept one refuses its id for as long, also when the row in the outbox says that the job must run again, because the
 * database lost the note of its end in a crash.
 */
const KEEP = { removeOnComplete: true, removeOnFail: true } as const;
const COMMAND_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 3000;

/** BullMQ on Redis, which may be away at any time, from the start on. */
export async function redisBackend(config: Config, log: Log): Promise<QueueBackend> {
  const prefix = config.prefix ?? 'damson';
  const connections = await connectRedis(config.url, log, 'jobs wait in the outbox until it can');
  const commands = connections.commands(COMMAND_TIMEOUT_MS);
  commands.on('ready', () => void complain(commands, log));
  let patient: Redis | undefined;
  let closing = false;
  const onError = (queue: string) => (error: Error) =>
    log[closing || isLoss(error) ? 'debug' : 'warn']({ err: error, queue }, 'queue backend error');
  const check = () => assertReady(commands);
  return {
    memory: createMemory(commands, `${prefix}:memory`),
    queue: (name) => {
      const queue = new Queue(name, { connection: commands, prefix, defaultJobOptions: KEEP, streams: STREAMS, skipVersionCheck: true });
      queue.on('error', onError(name));
      const handle = queueHandle(queue, { keep: KEEP, bulkFrom: 2, check });
      return { ...handle, close: () => within(CLOSE_TIMEOUT_MS, handle.close()) };
    },
    worker: async (name, work, settings) => {
      patient ??= connections.patient();
      const worker = new Worker(name, work, { connection: patient, prefix, ...workerOptions(settings) });
      worker.on('error', onError(name));
      return workerHandle(worker, patient);
    },
    describe: () => inspectRedis(commands),
    close: async () => {
      closing = true;
      connections.close();
    },
  };
}

/** Stopping never waits for a Redis that is away: BullMQ itself would, for ever. */
function workerHandle(worker: Worker, connection: Redis): WorkerHandle {
  return {
    pause: () => within(CLOSE_TIMEOUT_MS, worker.pause(true)),
    close: (force) =>
      within(
        CLOSE_TIMEOUT_MS,
        (async () => {
          const there = connection.status === 'ready';
          // A forced close alone leaves the wait for the next job, and its timer, behind.
          if (force && there) await worker.backend.disconnectBlocking(true);
          await worker.close(force || !there);
        })(),
      ),
  };
}

/** Waits for `work`, but not longer than this, and not for its failure: what is left over ends with the connections. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** What the loss of a connection makes BullMQ say, besides the one line about it that `connectRedis` writes. */
const LOSS =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|Connection is closed|Stream isn't writeable|Command timed out|Socket timeout|max retries per request|aborted due to connection|Missing lock|could not renew lock|NOAUTH|WRONGPASS|LOADING/;
const isLoss = (error: Error): boolean => LOSS.test(`${'code' in error ? String(error.code) : ''} ${error.message}`);

async function complain(client: Redis, log: Log): Promise<void> {
  try {
    const { problems } = await inspectRedis(client);
    for (const problem of problems) log.warn({}, problem);
  } catch (error) {
    log.debug({ err: error }, 'Redis could not be looked at');
  }
}
