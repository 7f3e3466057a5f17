import { Redis } from 'ioredis';
import type { Env } from '../../config/env.ts';
import { makeBucket } from './s3.ts';

/**
 * Where the tests' servers keep things: in embedded parts, or, under `npm run test:distributed`, on every real server that a variable
 * names (`TEST_STACK=distributed`). Each Damson gets a place of its own on each of them.
 */

export const isDistributed = (): boolean => process.env.TEST_STACK === 'distributed';

const named = (name: string): string | undefined => (isDistributed() ? process.env[name] || undefined : undefined);

/** The PostgreSQL server that tests make their databases on; undefined = the embedded one. */
export const externalPostgres = (): string | undefined => named('DATABASE_URL');

export interface Place {
  readonly env: Env;
  remove(): Promise<void>;
}

/** Redis has sixteen numbered databases; no test file runs so many servers at once. */
const DATABASES = 16;
let lastDatabase = 0;

/** Storage, queue and search for one Damson. */
export async function takePlace(): Promise<Place> {
  const [redis, bucket] = [await redisPlace(), named('S3_ENDPOINT') === undefined ? null : await makeBucket()];
  const meili = named('MEILI_URL');
  return {
    env: { ...redis, ...bucket?.env, ...(meili === undefined ? {} : { MEILI_URL: meili, MEILI_MASTER_KEY: named('MEILI_MASTER_KEY') }) },
    remove: async () => {
      await bucket?.remove();
    },
  };
}

async function redisPlace(): Promise<Env> {
  const given = named('REDIS_URL');
  if (given === undefined) return {};
  const url = new URL(given);
  lastDatabase = (lastDatabase + 1) % DATABASES;
  url.pathname = `/${lastDatabase}`;
  const client = new Redis(url.href, { maxRetriesPerRequest: 1 });
  try {
    await client.flushdb();
  } finally {
    client.disconnect();
  }
  return { REDIS_URL: url.href };
}
