import pg from 'pg';
import type { Transaction } from '../../context.ts';
import type { Log } from '../log.ts';
import type { Notifications, Sql } from './database.ts';
import { mapDatabaseError } from './pg-errors.ts';

type Handler = (payload: string) => void;

const HEARTBEAT_MS = 10_000;
const HEARTBEAT_TIMEOUT_MS = 5_000;
const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 5_000;
/** PostgreSQL's limit is 8,000 bytes with the closing zero. */
const MAX_PAYLOAD_BYTES = 7_999;

/** LISTEN on a connection of its own, which comes back by itself after a loss. */
export class PgNotifications implements Notifications {
  readonly #url: string;
  readonly #sql: Sql;
  readonly #log: Log;
  readonly #channels = new Map<string, Set<Handler>>();
  readonly #gapHandlers = new Set<() => void>();
  #client: pg.Client | undefined;
  #connecting: Promise<pg.Client> | undefined;
  #closed = false;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(url: string, sql: Sql, log: Log) {
    this.#url = url;
    this.#sql = sql;
    this.#log = log;
  }

  async listen(channel: string, handle: Handler): Promise<() => Promise<void>> {
    let handlers = this.#channels.get(channel);
    if (!handlers) {
      handlers = new Set();
      this.#channels.set(channel, handlers);
    }
    handlers.add(handle);
    try {
      const client = await this.#connection();
      // Again for every handler: LISTEN twice is one, and the caller must not return before its channel is open.
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      handlers.delete(handle);
      throw mapDatabaseError(error);
    }
    return () => this.#unlisten(channel, handle);
  }

  onGap(handle: () => void): void {
    this.#gapHandlers.add(handle);
  }

  async notify(ctx: { trx?: Transaction }, channel: string, payload: string): Promise<void> {
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) throw new Error(`notification over ${MAX_PAYLOAD_BYTES} bytes on ${channel}`);
    await this.#sql.query(ctx, 'select pg_notify($1, $2)', [channel, payload]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    await this.#connecting?.catch(() => undefined);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #unlisten(channel: string, handle: Handler): Promise<void> {
    const handlers = this.#channels.get(channel);
    handlers?.delete(handle);
    if (handlers?.size !== 0) return;
    this.#channels.delete(channel);
    await this.#client?.query(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
  }

  #connection(): Promise<pg.Client> {
    if (this.#closed) return Promise.reject(new Error('Connection terminated: notifications are closed'));
    if (this.#client) return Promise.resolve(this.#client);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'damson-listen',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the server closed the connection')));
    client.on('notification', ({ channel, payload }) => this.#dispatch(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.#channels.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    this.#startHeartbeat(client);
    return client;
  }

  #dispatch(channel: string, payload: string): void {
    for (const handle of this.#channels.get(channel) ?? []) this.#guarded(() => handle(payload));
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error({ err: error }, 'a notification handler failed');
    }
  }

  /** A connection dropped by something in between gives no error for minutes; asking finds out. */
  #startHeartbeat(client: pg.Client): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      const late = setTimeout(() => this.#lost(client, new Error('no answer to the heartbeat')), HEARTBEAT_TIMEOUT_MS);
      client.query('select 1').then(
        () => clearTimeout(late),
        () => clearTimeout(late),
      );
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  #lost(client: pg.Client, error: Error): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearInterval(this.#heartbeat);
    client.end().catch(() => undefined);
    if (this.#closed) return;
    this.#log.warn({ err: error }, 'notification connection lost; reconnecting');
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let wait = RECONNECT_FIRST_MS; !this.#closed; wait = Math.min(wait * 2, RECONNECT_MAX_MS)) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, wait).unref();
      });
      try {
        await this.#connection();
      } catch (error) {
        if (!this.#closed) this.#log.debug({ err: error }, 'notification connection still down');
        continue;
      }
      for (const handle of this.#gapHandlers) this.#guarded(handle);
      return;
    }
  }
}
