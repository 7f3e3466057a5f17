import { expect } from 'chai';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { type Ctx, systemContext } from '../../src/context.ts';
import { isError } from '../../src/errors.ts';
import type { Log } from '../../src/platform/log.ts';
import type { JobRunnerOptions } from '../../src/platform/queue/bullmq.ts';
import { defineJob, type JobDef, type JobRunner, QUEUES, type QueueName } from '../../src/platform/queue/queue.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import type { QueueWorld } from './queue.suite.ts';

/** What only Redis can do to a queue: forget, be away, hang, throw keys away. */

interface RedisWorld extends QueueWorld {
  readonly url: string;
  readonly prefix: string;
}

const payload = z.object({ n: z.number() });
type Payload = z.infer<typeof payload>;
const ctx = systemContext('ws-1');
const SLOW = { timeout: 60_000 };

export function describeRedisQueue(make: () => Promise<RedisWorld>): void {
  describe('a queue on Redis', () => {
    let world: RedisWorld;
    let redis: Redis;
    let proxy: TcpProxy;
    let runners: JobRunner[] = [];
    let lines: string[] = [];
    const log: Log = {
      debug: () => undefined,
      info: (_, text) => void lines.push(`info ${text}`),
      warn: (_, text) => void lines.push(`warn ${text}`),
      error: (_, text) => void lines.push(`error ${text}`),
    };

    const job = (over: Partial<JobDef<Payload>> & Pick<JobDef<Payload>, 'handle'>): JobDef<Payload> =>
      defineJob({ name: 'test.count', queue: 'io', payload, ...over });
    const counting = (ran: () => void = () => undefined) =>
      job({
        handle: async (given, { n }, run) => {
          ran();
          await run.complete(given, (trx) => effect(trx, n));
        },
      });
    const effect = async (trx: Ctx, n: number): Promise<void> => {
      await world.database.sql.query(trx, 'insert into test_effect (n) values ($1)', [n]);
    };
    const effects = async (): Promise<number[]> =>
      (await world.database.sql.query<{ n: number }>({}, 'select n from test_effect order by n')).map((row) => row.n);
    const count = async (state: string): Promise<number> =>
      (await world.database.sql.query<{ n: number }>({}, 'select count(*)::int as n from outbox where state = $1', [state]))[0]?.n ?? 0;
    const start = async (
      jobs: readonly JobDef<any>[],
      over: Partial<JobRunnerOptions> = {},
      queues: readonly QueueName[] = QUEUES,
    ): Promise<JobRunner> => {
      const runner = world.runner({ log, pollMs: 50, ...over });
      runners.push(runner);
      runner.register(jobs);
      await runner.start(queues);
      return runner;
    };
    const throughProxy = () => ({ backend: { kind: 'redis' as const, url: proxy.through(world.url), prefix: world.prefix } });
    /** What FLUSHALL does to this queue. */
    const flush = async (): Promise<void> => {
      const keys = await redis.keys(`${world.prefix}:*`);
      if (keys.length > 0) await redis.del(...keys);
    };
    const numbers = (length: number) => Array.from({ length }, (_, n) => n);

    beforeEach(async () => {
      world = await make();
      redis = new Redis(world.url);
      proxy = await startProxy(world.url);
      lines = [];
      await world.database.sql.query({}, 'create table test_effect (n int)');
    });
    afterEach(async () => {
      await Promise.all(runners.map((runner) => runner.close(0)));
      runners = [];
      await proxy.close();
      redis.disconnect();
      await world.drop();
    });

    it('publishes again all that was published when Redis is emptied, and nothing takes effect twice', async () => {
      let go = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        go = resolve;
      });
      let ran = 0;
      const slow = job({
        handle: async (given, { n }, run) => {
          ran += 1;
          await gate;
          await run.complete(given, (trx) => effect(trx, n));
        },
      });
      await start([slow], { concurrency: { io: 2 } });
      await world.queue.enqueueMany(
        ctx,
        slow,
        numbers(30).map((n) => ({ n })),
      );
      await until('all published', async () => (await count('published')) === 30 && ran === 2);
      await flush();
      go();
      await until('all done', async () => (await count('done')) === 30);
      expect(await effects()).to.deep.equal(numbers(30));
      expect(lines.filter((line) => line.includes('published again'))).to.have.length(1);
    }).timeout(SLOW.timeout);

    it('takes a restart that kept the key for what it is: something may be missing', async () => {
      let go = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        go = resolve;
      });
      const slow = job({
        handle: async (given, { n }, run) => {
          await gate;
          await run.complete(given, (trx) => effect(trx, n));
        },
      });
      await start([slow], { concurrency: { io: 1 } });
      await world.queue.enqueueMany(
        ctx,
        slow,
        numbers(5).map((n) => ({ n })),
      );
      await until('all published', async () => (await count('published')) === 5);
      await flush();
      await redis.set(`${world.prefix}:memory`, 'another-run 1');
      go();
      await until('all done', async () => (await count('done')) === 5);
      expect(await effects()).to.deep.equal(numbers(5));
    }).timeout(SLOW.timeout);

    it('schedules again what was scheduled when Redis is emptied', async () => {
      let ticks = 0;
      const tick = defineJob({
        name: 'test.tick',
        queue: 'cron',
        payload: z.object({}),
        every: 100,
        handle: async () => void (ticks += 1),
      });
      await start([tick]);
      // Whichever of the two finds Redis empty: the one with the schedule must hear of it.
      await start([], {}, ['media']);
      await until('ticking', () => ticks >= 2);
      await flush();
      const before = ticks;
      await until('ticking again', () => ticks >= before + 3);
    }).timeout(SLOW.timeout);

    it('starts without Redis, keeps the work, does it when Redis comes, and writes a line for each, not for each attempt', async () => {
      await proxy.cut();
      const counted = counting();
      const runner = await start([counted], throughProxy());
      await world.queue.enqueueMany(
        ctx,
        counted,
        numbers(20).map((n) => ({ n })),
      );
      const away = await runner.describe().catch((error: unknown) => error);
      expect(isError(away, 'unavailable'), String(away)).to.equal(true);
      const stats = await runner.stats();
      expect([stats.queues.length, stats.outboxPending]).to.deep.equal([0, 20]);
      await until('the relay has tried', () => lines.some((line) => line.includes('relay could not publish')));
      await proxy.restore();
      await until('all done', async () => (await count('done')) === 20);
      expect(await effects()).to.deep.equal(numbers(20));
      expect(lines.filter((line) => line.startsWith('warn'))).to.have.length.at.most(3);
      expect(lines).to.include('info Redis is back');
    }).timeout(SLOW.timeout);

    it('goes on by itself after an outage under load', async () => {
      const counted = counting();
      await start([counted], throughProxy());
      for (let batch = 0; batch < 6; batch += 1) {
        await world.queue.enqueueMany(
          ctx,
          counted,
          numbers(50).map((n) => ({ n: batch * 50 + n })),
        );
        if (batch === 1) await proxy.cut();
        if (batch === 4) await proxy.restore();
      }
      await until('all done', async () => (await count('done')) === 300, 60_000);
      expect(await effects()).to.deep.equal(numbers(300));
    }).timeout(SLOW.timeout);

    it('is told of a Redis that hangs within seconds, and goes on when it answers', async () => {
      const counted = counting();
      const runner = await start([counted], throughProxy());
      await world.queue.enqueue(ctx, counted, { n: 0 });
      await until('the first', async () => (await count('done')) === 1);
      proxy.hang();
      await world.queue.enqueue(ctx, counted, { n: 1 });
      const asked = Date.now();
      await runner.describe().then(
        () => expect.fail('a hanging server answered'),
        () => undefined,
      );
      expect(Date.now() - asked).to.be.lessThan(8000);
      await proxy.restore();
      await until('the second', async () => (await count('done')) === 2);
      expect(await effects()).to.deep.equal([0, 1]);
    }).timeout(SLOW.timeout);

    it('closes in time while Redis is away', async () => {
      const counted = counting();
      const runner = await start([counted], throughProxy());
      await world.queue.enqueue(ctx, counted, { n: 0 });
      await until('done', async () => (await count('done')) === 1);
      await proxy.cut();
      const asked = Date.now();
      await runner.close(500);
      expect(Date.now() - asked).to.be.lessThan(15_000);
    }).timeout(SLOW.timeout);

    it('says what it runs on, and complains of a Redis that throws keys away', async () => {
      const runner = await start([counting()]);
      await until('connected', () =>
        runner.describe().then(
          () => true,
          () => false,
        ),
      );
      const fine = await runner.describe();
      expect(fine.engine).to.match(/^BullMQ on (Redis|Valkey)$/);
      expect(fine.version).to.match(/^\d+\.\d+/);
      expect(fine.latencyMs).to.be.greaterThan(0);
      const [, before = 'noeviction'] = (await redis.config('GET', 'maxmemory-policy')) as string[];
      try {
        await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
        expect((await runner.describe()).problems.join()).to.contain('noeviction');
      } finally {
        await redis.config('SET', 'maxmemory-policy', before);
      }
    });
  });
}
