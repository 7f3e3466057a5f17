import { systemContext } from '../../src/context.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createJobRunner } from '../../src/platform/queue/bullmq.ts';
import { OutboxQueue } from '../../src/platform/queue/outbox.ts';
import { openTestDatabase } from '../support/database.ts';
import { describeQueue } from './queue.suite.ts';

describeQueue('PostgreSQL', async () => {
  const { database, drop } = await openTestDatabase();
  return {
    database,
    queue: new OutboxQueue(database.sql),
    runner: (over = {}) =>
      createJobRunner({
        database,
        backend: { kind: 'postgres', url: database.url },
        makeCtx: (workspaceId, signal) => systemContext(workspaceId, { signal }),
        log: silentLog,
        ...over,
      }),
    drop,
  };
});
