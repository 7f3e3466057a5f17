import { createHash } from 'node:crypto';
import type { Log } from '../log.ts';
import { assertReady, connectRedis } from './redis.ts';

/** Lua scripts on Redis, for callers that cannot wait: each answers within the time-out or fails. */
export interface RedisScripts {
  run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  close(): Promise<void>;
}

/** @param timeoutMs longest wait for an answer; default 250 */
export async function openRedisScripts(url: string, log: Log, timeoutMs = 250): Promise<RedisScripts> {
  const connections = await connectRedis(url, log, 'requests are limited by each process for itself until it can');
  const client = connections.commands(timeoutMs);
  const hashes = new Map<string, string>();
  const hashOf = (script: string): string => {
    const hash = hashes.get(script) ?? createHash('sha1').update(script).digest('hex');
    hashes.set(script, hash);
    return hash;
  };
  return {
    run: async (script, keys, args) => {
      assertReady(client);
      const rest = [keys.length, ...keys, ...args] as const;
      try {
        return await client.evalsha(hashOf(script), ...rest);
      } catch (error) {
        // Scripts live as long as the server runs; a new one must be told the text.
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return client.eval(script, ...rest);
      }
    },
    close: async () => connections.close(),
  };
}
