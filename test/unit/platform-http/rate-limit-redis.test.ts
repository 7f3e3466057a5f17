import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { Bucket } from '../../../src/platform/http/rate-limit.ts';
import { createRedisRateLimiter, type ScriptRunner } from '../../../src/platform/http/rate-limit-redis.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { openRedisScripts, type RedisScripts } from '../../../src/platform/queue/redis-scripts.ts';
import { onEngine } from '../../support/engines.ts';
import { startProxy } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';

const bucket: Bucket = { name: 'test', capacity: 3, perSecond: 1 };
const DOWN = new Error('the server is away');

describe('rate limits shared by processes, without their server', () => {
  it('falls back to this process, asks again after the pause, one request at a time, and recovers', async () => {
    let at = 0;
    let asked = 0;
    let answer: () => Promise<unknown> = () => Promise.reject(DOWN);
    const scripts: ScriptRunner = {
      run: () => {
        asked += 1;
        return answer();
      },
    };
    const limiter = createRedisRateLimiter({ scripts, now: () => at, fallback: { take: async () => 77 } });
    expect(await limiter.take(bucket, 'a', 1)).to.equal(77);
    expect(await limiter.take(bucket, 'a', 1)).to.equal(77);
    expect(asked, 'left alone').to.equal(1);
    at = 1001;
    await Promise.all([limiter.take(bucket, 'a', 1), limiter.take(bucket, 'b', 1), limiter.take(bucket, 'c', 1)]);
    expect(asked, 'one finds out').to.equal(2);
    at = 2500;
    answer = async () => 5;
    expect(await limiter.take(bucket, 'a', 1)).to.equal(5);
    expect(await limiter.take(bucket, 'a', 1)).to.equal(5);
    expect(asked).to.equal(4);
  });

  it('still limits while it falls back', async () => {
    const limiter = createRedisRateLimiter({ scripts: { run: () => Promise.reject(DOWN) } });
    const waits = [];
    for (let i = 0; i < 5; i += 1) waits.push(await limiter.take(bucket, 'a', 1));
    expect(waits.slice(0, 3)).to.deep.equal([0, 0, 0]);
    expect(waits[4]).to.be.greaterThan(0);
  });
});

onEngine('Redis', ['REDIS_TEST_URL', 'REDIS_URL'], (url) => {
  describe('rate limits on Redis', () => {
    let scripts: RedisScripts[] = [];
    let redis: Redis;
    let prefix: string;
    const open = async (at = url, timeoutMs?: number): Promise<RedisScripts> => {
      const opened = await openRedisScripts(at, silentLog, timeoutMs);
      scripts.push(opened);
      await until('connected', () =>
        opened.run('return 1', [], []).then(
          () => true,
          () => false,
        ),
      );
      return opened;
    };
    beforeEach(() => {
      redis = new Redis(url);
      prefix = `test-rate-${randomUUID()}`;
    });
    afterEach(async () => {
      for (const each of scripts) await each.close();
      scripts = [];
      const keys = await redis.keys(`${prefix}:*`);
      if (keys.length > 0) await redis.del(...keys);
      redis.disconnect();
    });

    it('are one budget for two processes, and fill up again by the clock of the server', async () => {
      const one = createRedisRateLimiter({ scripts: await open(), prefix });
      const two = createRedisRateLimiter({ scripts: await open(), prefix });
      const slow: Bucket = { name: 'slow', capacity: 4, perSecond: 4 };
      expect([await one.take(slow, 'k', 1), await two.take(slow, 'k', 2), await one.take(slow, 'k', 1)]).to.deep.equal([0, 0, 0]);
      const wait = await two.take(slow, 'k', 1);
      expect(wait).to.be.within(1, 250);
      expect(await two.take(slow, 'other', 1), 'another key').to.equal(0);
      await until('filled up again', async () => (await one.take(slow, 'k', 1)) === 0);
    });

    it('take no more than there is from callers at the same moment', async () => {
      const limiter = createRedisRateLimiter({ scripts: await open(url, 5000), prefix });
      const frozen: Bucket = { name: 'frozen', capacity: 50, perSecond: 0.001 };
      const waits = await Promise.all(Array.from({ length: 200 }, () => limiter.take(frozen, 'k', 1)));
      expect(waits.filter((wait) => wait === 0)).to.have.length(50);
    });

    it('never ask for more than the bucket holds, and leave keys that expire', async () => {
      const limiter = createRedisRateLimiter({ scripts: await open(), prefix });
      expect(await limiter.take(bucket, 'k', 100)).to.equal(0);
      expect(await limiter.take(bucket, 'k', 1)).to.be.within(1, 1000);
      const left = await redis.pttl(`${prefix}:test:k`);
      expect(left).to.be.within(1, 5000);
    });

    it('do not hold a request up when Redis hangs, and are shared again when it answers', async () => {
      const proxy = await startProxy(url);
      const limiter = createRedisRateLimiter({ scripts: await open(proxy.through(url), 100), prefix, pauseMs: 50 });
      const wide: Bucket = { name: 'wide', capacity: 1000, perSecond: 0.001 };
      await limiter.take(wide, 'k', 1);
      proxy.hang();
      const asked = performance.now();
      for (let i = 0; i < 20; i += 1) expect(await limiter.take(wide, 'k', 1)).to.equal(0);
      expect(performance.now() - asked).to.be.lessThan(3000);
      await proxy.restore();
      const units = async () => Number(await redis.hget(`${prefix}:wide:k`, 'units'));
      await until('taken on Redis again', async () => {
        await limiter.take(wide, 'k', 1);
        return (await units()) < 998;
      });
      await proxy.close();
    });
  });
});
