import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { systemContext } from '../../src/context.ts';
import { silentLog } from '../../src/platform/log.ts';
import type { QueueBackendConfig } from '../../src/platform/queue/backend.ts';
import { createJobRunner } from '../../src/platform/queue/bullmq.ts';
import { OutboxQueue } from '../../src/platform/queue/outbox.ts';
import { openTestDatabase } from '../support/database.ts';
import { onEngine } from '../support/engines.ts';
import { describeQueue, type QueueWorld } from './queue.suite.ts';
import { describeRedisQueue } from './queue-redis.suite.ts';

async function makeWorld(backendFor: (databaseUrl: string) => QueueBackendConfig, tidy: () => Promise<void>): Promise<QueueWorld> {
  const { database, drop } = await openTestDatabase();
  return {
    database,
    queue: new OutboxQueue(database.sql),
    runner: (over = {}) =>
      createJobRunner({
        database,
        backend: backendFor(database.url),
        makeCtx: (workspaceId, signal) => systemContext(workspaceId, { signal }),
        log: silentLog,
        ...over,
      }),
    drop: async () => {
      await drop();
      await tidy();
    },
  };
}

describeQueue('PostgreSQL', () =>
  makeWorld(
    (url) => ({ kind: 'postgres', url }),
    async () => undefined,
  ),
);

onEngine('Redis', ['REDIS_TEST_URL', 'REDIS_URL'], (url) => {
  const make = async () => {
    const prefix = `test-${randomUUID()}`;
    const world = await makeWorld(
      () => ({ kind: 'redis', url, prefix }),
      () => forget(url, prefix),
    );
    return { ...world, url, prefix };
  };
  describeQueue('Redis', make);
  describeRedisQueue(make);
});

/** Removes everything under this prefix: what FLUSHALL would do, without touching what else is on that server. */
async function forget(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  try {
    for await (const keys of client.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if ((keys as string[]).length > 0) await client.del(...(keys as string[]));
    }
  } finally {
    client.disconnect();
  }
}
