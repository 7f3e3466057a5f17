import { createMemoryRateLimiter, type RateLimiter } from './rate-limit.ts';

/** Token buckets that all processes share. */

/** Runs a Lua script; the connection behind it is the container's business. */
export interface ScriptRunner {
  /** @throws soon when the server is away or hangs: a request waits for this */
  run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

export interface RedisRateLimiterOptions {
  readonly scripts: ScriptRunner;
  /** First part of the keys; default `damson:rate`. */
  readonly prefix?: string;
  /** What limits while the server is away; default a limiter in this process' memory. */
  readonly fallback?: RateLimiter;
  /** How long the server is left alone after it failed, ms; default 1,000. Only one request in that time waits for it. */
  readonly pauseMs?: number;
  /** ms, for tests */
  readonly now?: () => number;
}

/**
 * The same arithmetic as in memory, in one step, by the server's clock: clocks of web processes differ. A key that would be full again has
 * nothing to tell and expires.
 */
const TAKE = `
local capacity, per_second, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local known = redis.call('HMGET', KEYS[1], 'units', 'at')
local units, at = tonumber(known[1]) or capacity, tonumber(known[2]) or now
units = math.min(capacity, units + math.max(0, now - at) / 1000 * per_second)
local wait = 0
if units >= wanted then units = units - wanted else wait = math.ceil((wanted - units) / per_second * 1000) end
redis.call('HSET', KEYS[1], 'units', tostring(units), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - units) / per_second * 1000) + 1000)
return wait
`;

/** Never blocks and never fails: while the server is away each process limits by itself. */
export function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  const { scripts, prefix = 'damson:rate', pauseMs = 1000, now = () => performance.now() } = options;
  const fallback = options.fallback ?? createMemoryRateLimiter();
  let away = false;
  let leaveUntil = Number.NEGATIVE_INFINITY;
  return {
    take: async (bucket, key, cost) => {
      if (away) {
        const at = now();
        if (at < leaveUntil) return fallback.take(bucket, key, cost);
        // This request finds out; whoever comes meanwhile does not wait with it.
        leaveUntil = at + pauseMs;
      }
      const wanted = Math.min(cost, bucket.capacity);
      try {
        const answer = await scripts.run(TAKE, [`${prefix}:${bucket.name}:${key}`], [bucket.capacity, bucket.perSecond, wanted]);
        away = false;
        return Number(answer);
      } catch {
        away = true;
        leaveUntil = now() + pauseMs;
        return fallback.take(bucket, key, cost);
      }
    },
  };
}
