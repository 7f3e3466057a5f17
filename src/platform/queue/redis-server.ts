import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { StoreMemory } from './backend.ts';
import type { QueueEngine } from './queue.ts';
import { assertReady, infoFields } from './redis.ts';

/** What a Redis server says of itself. */

/** BullMQ's own recommendation. */
const LEAST_VERSION = [6, 2] as const;

/**
 * The sentinel: one key whose value names the server's run and a life of the queue. The key is gone after FLUSHALL; after a restart or a
 * fail-over the run is another one, and whatever was written since the last save may be missing although the key is there.
 */
export function createMemory(client: Redis, key: string): StoreMemory {
  const look = async (): Promise<{ run: string; value: string | null }> => {
    assertReady(client);
    const [info, value] = await Promise.all([client.info('server'), client.get(key)]);
    return { run: infoFields(info).get('run_id') ?? '', value };
  };
  return {
    recall: async () => {
      const { run, value } = await look();
      return value?.startsWith(`${run} `) ? value : null;
    },
    begin: async () => {
      const { run } = await look();
      const value = `${run} ${randomUUID()}`;
      await client.set(key, value);
      return value;
    },
  };
}

interface Judged {
  /** Redis, or what is like it. */
  readonly product: string;
  readonly version: string;
  readonly features: readonly string[];
  /** What Damson cannot work on, in sentences. */
  readonly unfit: readonly string[];
  /** What should be changed, and may be while Damson runs. */
  readonly risky: readonly string[];
}

/** Judges what INFO says. */
export function judgeRedis(fields: ReadonlyMap<string, string>): Judged {
  const product = fields.has('valkey_version') ? 'Valkey' : fields.has('dragonfly_version') ? 'Dragonfly' : 'Redis';
  const version = fields.get(`${product.toLowerCase()}_version`) ?? 'unknown';
  const policy = fields.get('maxmemory_policy') ?? 'unknown';
  const durable = fields.get('aof_enabled') === '1';
  const unfit: string[] = [];
  if (product === 'Redis' && isOlder(version)) unfit.push(`Redis ${version} is too old: ${LEAST_VERSION.join('.')} or newer is needed`);
  if (fields.get('cluster_enabled') === '1')
    unfit.push('Redis runs as a cluster, which is not supported: give Damson a Redis of one shard');
  const risky: string[] = [];
  if (policy !== 'noeviction')
    risky.push(
      `Redis may throw jobs away: its maxmemory-policy is ${policy}, it must be noeviction (CONFIG SET maxmemory-policy noeviction)`,
    );
  // Perhaps not for long: it is made the primary when the other one fails.
  if (fields.get('role') !== undefined && fields.get('role') !== 'master')
    risky.push('Redis is a replica: REDIS_URL must lead to the primary');
  const features = [`maxmemory-policy ${policy}`, durable ? 'append-only file' : 'no append-only file'];
  return { product, version, features, unfit, risky };
}

/** Version, features, and what is wrong with its settings, in sentences. @throws when it does not answer */
export async function inspectRedis(client: Redis): Promise<QueueEngine> {
  assertReady(client);
  const started = performance.now();
  await client.ping();
  const latencyMs = performance.now() - started;
  const { product, version, features, unfit, risky } = judgeRedis(infoFields(await client.info()));
  return { engine: `BullMQ on ${product}`, version, latencyMs, features, problems: [...unfit, ...risky] };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]);
}
