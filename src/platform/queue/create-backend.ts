import type { Log } from '../log.ts';
import type { QueueBackend, QueueBackendConfig } from './backend.ts';
import { postgresBackend } from './backend-postgres.ts';
import { redisBackend } from './backend-redis.ts';

/** Opens the store's connections; does not wait for one that may be away. Redis' client is loaded only when it is chosen. */
export async function createBackend(config: QueueBackendConfig, log: Log): Promise<QueueBackend> {
  switch (config.kind) {
    case 'postgres':
      return postgresBackend(config, log);
    case 'redis':
      return redisBackend(config, log);
  }
}
