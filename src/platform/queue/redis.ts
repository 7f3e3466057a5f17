import type { Redis, RedisOptions } from 'ioredis';
import { unavailable } from '../../errors.ts';
import type { Log } from '../log.ts';

/** Connections to one Redis that live and end together. Its loss and return are told once, not by each of them. */
export interface RedisConnections {
  /** For commands that somebody waits for: they fail at once while Redis is away, and after `timeoutMs` when it hangs. */
  commands(timeoutMs: number): Redis;
  /** For workers: commands wait until Redis is back, as BullMQ demands. */
  patient(): Redis;
  /** Ends all, also those that others duplicated from ours. */
  close(): void;
}

/** Why a connection is not there, as far as known. */
const reasons = new WeakMap<Redis, Error>();

const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 2000;
const CONNECT_TIMEOUT_MS = 5000;
/** Longer than BullMQ waits for a job at most (10 s); a server that says nothing for so long is gone. */
const SILENCE_MS = 15_000;

/**
 * Loads the client and connects in the background: whether Redis is there is seen when it is used.
 * @param whatWaits what the log says of the time without Redis, e.g. `jobs wait in the outbox`
 */
export async function connectRedis(url: string, log: Log, whatWaits: string): Promise<RedisConnections> {
  const { Redis: Client } = await import('ioredis');
  const all: Redis[] = [];
  let closing = false;
  let lost = false;
  const told: RedisOptions = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    keepAlive: 10_000,
    retryStrategy: (times) => (closing ? null : Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(times, 10), RECONNECT_MAX_MS)),
  };
  /** The first connection speaks for all; the others' errors are the same ones. */
  const tell = (client: Redis): void => {
    client.on('error', (error: Error) => {
      if (closing) return;
      log[lost ? 'debug' : 'warn']({ err: error }, `Redis cannot be used; ${whatWaits}`);
      lost = true;
    });
    client.on('ready', () => {
      if (lost) log.info({}, 'Redis is back');
      lost = false;
    });
  };
  const keep = (client: Redis): Redis => {
    if (all.length === 0) tell(client);
    client.on('error', (error: Error) => {
      reasons.set(client, error);
      log.debug({ err: error }, 'redis connection');
    });
    client.on('ready', () => reasons.delete(client));
    client.on('close', () => forgetSilence(client));
    all.push(client);
    const connect = client.connect.bind(client);
    // BullMQ connects a lost connection again by itself, which must not outlive the end.
    client.connect = (callback) => (closing ? Promise.reject(new Error('Connection is closed.')) : connect(callback));
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (over) => keep(duplicate(over));
    return client;
  };
  return {
    commands: (timeoutMs) =>
      keep(new Client(url, { ...told, commandTimeout: timeoutMs, enableOfflineQueue: false, maxRetriesPerRequest: 0 })),
    patient: () => keep(new Client(url, { ...told, maxRetriesPerRequest: null })),
    close: () => {
      closing = true;
      for (const client of all) client.disconnect();
    },
  };
}

/** ioredis 5.11 does not stop the clock of `socketTimeout` when a connection is lost: it would cut the next one. */
function forgetSilence(client: Redis): void {
  const timed = client as unknown as { socketTimeoutTimer?: NodeJS.Timeout };
  clearTimeout(timed.socketTimeoutTimer);
  timed.socketTimeoutTimer = undefined;
}

/** @throws unavailable when a command would have to wait for the connection */
export function assertReady(client: Redis): void {
  if (client.status !== 'ready') throw redisAway(reasons.get(client));
}

const redisAway = (cause?: unknown) => unavailable({ detail: 'Redis cannot be reached just now.', cause });

/** `name:value` lines of INFO. */
export function infoFields(text: string): Map<string, string> {
  const pairs = text.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return new Map(pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
