import { createPostgresBackend, Queue, Worker } from 'bullmq';
import pg from 'pg';
import { isConnectionError } from '../database/pg-errors.ts';
import type { Log } from '../log.ts';
import type { QueueBackend, QueueBackendConfig } from './backend.ts';
import { queueHandle, STREAMS, workerOptions } from './backend-bullmq.ts';
import { QUEUES } from './queue.ts';
import { QUEUE_SCHEMA } from './schema.ts';

type Config = Extract<QueueBackendConfig, { kind: 'postgres' }>;

/** By age alone: a count makes BullMQ read that many rows at every completion (measured: a third of the throughput). */
const KEEP = { removeOnComplete: { age: 3600 }, removeOnFail: true } as const;
/** Up to here single inserts are quicker than BullMQ's bulk insert, which makes temporary tables. */
const BULK_FROM = 4;

/** BullMQ in the database itself. */
export function postgresBackend(config: Config, log: Log): QueueBackend {
  const pool = queuePool(config);
  let closing = false;
  pool.on('error', (error) => log[closing ? 'debug' : 'warn']({ err: error }, 'queue connection lost'));
  // Each queue and worker repeats the pool's errors: that one line is enough.
  const onError = (name: string) => (error: Error) =>
    log[closing || isConnectionError(error) ? 'debug' : 'warn']({ err: error, queue: name }, 'queue backend error');
  return {
    memory: null,
    queue: (name) => {
      const queue = new Queue(name, { connection: pool, defaultJobOptions: KEEP, streams: STREAMS }, createPostgresBackend);
      queue.on('error', onError(name));
      return queueHandle(queue, { keep: KEEP, bulkFrom: BULK_FROM });
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
    describe: async () => {
      const started = performance.now();
      const { rows } = await pool.query<{ server_version: string }>('show server_version');
      const latencyMs = performance.now() - started;
      return { engine: 'BullMQ on PostgreSQL', version: rows[0]?.server_version ?? 'unknown', latencyMs, features: [], problems: [] };
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
function queuePool(config: Config): pg.Pool {
  const pool = new pg.Pool({
    connectionString: config.url,
    max: config.poolSize ?? 12,
    keepAlive: true,
    application_name: 'damson-queue',
    connectionTimeoutMillis: 10_000,
    options: `-c search_path=${QUEUE_SCHEMA},public -c synchronous_commit=off`,
  });
  // Every queue and every worker listens for its errors.
  return pool.setMaxListeners(2 * QUEUES.length + 2);
}
