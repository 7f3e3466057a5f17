import type { Ctx } from '../../context.ts';
import { tooManyRequests } from '../../errors.ts';
import { networkOf } from './address.ts';

/** How much a caller may do: token buckets, in memory here; another constructor may share them between processes. */

export interface Bucket {
  readonly name: string;
  /** Units that may be used at once. */
  readonly capacity: number;
  /** Units that come back. */
  readonly perSecond: number;
}

export interface RateLimiter {
  /** Takes `cost` units of the key's bucket. @returns 0, or the ms until that many are there again (nothing is taken then) */
  take(bucket: Bucket, key: string, cost: number): Promise<number>;
}

export const BUCKETS = {
  /** A person or key in one network: a web app scrolling fast stays far below. */
  caller: { name: 'caller', capacity: 600, perSecond: 60 },
  anonymous: { name: 'anonymous', capacity: 200, perSecond: 20 },
} as const satisfies Record<string, Bucket>;

const MAX_KEYS = 100_000;

/** @param now ms, for tests */
export function createMemoryRateLimiter(now: () => number = () => performance.now()): RateLimiter {
  // Insertion order is the order of last use: the first entries are the longest unused.
  const levels = new Map<string, { units: number; at: number }>();
  return {
    take: async (bucket, key, cost) => {
      const id = `${bucket.name}|${key}`;
      const at = now();
      const before = levels.get(id) ?? { units: bucket.capacity, at };
      const units = Math.min(bucket.capacity, before.units + ((at - before.at) / 1000) * bucket.perSecond);
      const wanted = Math.min(cost, bucket.capacity);
      const granted = units >= wanted;
      levels.delete(id);
      levels.set(id, { units: granted ? units - wanted : units, at });
      if (levels.size > MAX_KEYS) for (const oldest of levels.keys()) if (levels.delete(oldest)) break;
      return granted ? 0 : Math.ceil(((wanted - units) / bucket.perSecond) * 1000);
    },
  };
}

/** For RATE_LIMIT=off. */
export const unlimited: RateLimiter = { take: async () => 0 };

/**
 * Takes from the caller's budget: by person or key and network, or by network alone for strangers.
 * @param address the client's address, as `trust proxy` sees it
 * @throws too_many_requests with Retry-After
 */
export async function limitRequest(limiter: RateLimiter, ctx: Ctx, address: string | undefined, cost = 1): Promise<void> {
  const { actor } = ctx;
  const network = networkOf(address);
  if (actor.id === null) await take(limiter, BUCKETS.anonymous, network, cost);
  else await take(limiter, BUCKETS.caller, `${actor.kind}:${actor.id}|${network}`, cost);
}

async function take(limiter: RateLimiter, bucket: Bucket, key: string, cost: number): Promise<void> {
  const waitMs = await limiter.take(bucket, key, cost);
  if (waitMs === 0) return;
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  throw tooManyRequests({ detail: `Try again in ${seconds} s.`, headers: { 'Retry-After': String(seconds) } });
}
