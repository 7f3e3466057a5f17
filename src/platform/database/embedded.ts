import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { freePort } from '../free-port.ts';
import type { Log } from '../log.ts';
import { isAlive, withLockFile } from './embedded-lock.ts';
import {
  initCluster,
  logTail,
  newPassword,
  readPostmaster,
  resetPassword,
  type ServerPaths,
  SUPERUSER,
  socketPath,
  spawnServer,
} from './embedded-server.ts';
import { pgCode } from './pg-errors.ts';

/**
 * The PostgreSQL server that comes with npm, one per data folder, shared by all Damson processes on it (server, workers, CLI) in any order: the first starts it,
 * the others attach, the last one out stops it. It outlives a killed parent; the next process attaches again.
 */

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Name of the database; made when absent. Default `damson`. */
  readonly database?: string;
  /** Tests only: no fsync. */
  readonly unsafeFast?: boolean;
  /** Bring the server back when it dies while we use it; default true. */
  readonly revive?: boolean;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** True when the server was running already. */
  readonly attached: boolean;
  /** The postmaster. */
  readonly pid: number;
  /** Lets go of the server; stops it when nobody else uses it. */
  close(): Promise<void>;
}

interface Access {
  readonly port: number;
  readonly password: string;
  readonly pid: number | null;
}

/** Every user of the server holds this advisory lock, shared, in database `postgres`. */
const USERS_LOCK = 0x64616d74;
const LOCK_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const START_ATTEMPTS = 5;

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** `cluster`: through the server's own socket when it is there, else by TCP. */
function urlOf(access: Access, database: string, cluster: string): string {
  const socket = socketPath(cluster, access.port);
  const host = socket !== null && existsSync(socket) ? `?host=${encodeURIComponent(cluster)}` : '';
  return `postgres://${SUPERUSER}:${access.password}@127.0.0.1:${access.port}/${encodeURIComponent(database)}${host}`;
}

/**
 * Starts the server of `dataDir` or attaches to it.
 * @throws when it cannot be started, with the end of its log and what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true });
  const server = new Embedded(options);
  await server.open();
  return server;
}

class Embedded implements EmbeddedPostgres {
  readonly #options: EmbeddedOptions;
  readonly #paths: ServerPaths;
  readonly #lockPath: string;
  readonly #accessPath: string;
  #access: Access = { port: 0, password: '', pid: null };
  /** Holds the shared advisory lock. */
  #session: pg.Client | undefined;
  #closing: Promise<void> | undefined;
  #reopening: Promise<void> = Promise.resolve();
  attached = false;

  constructor(options: EmbeddedOptions) {
    const root = resolve(options.dataDir);
    this.#options = options;
    this.#paths = { cluster: join(root, 'postgres'), log: join(root, 'postgres.log') };
    this.#lockPath = join(root, 'postgres.lock');
    this.#accessPath = join(root, 'postgres.json');
  }

  get url(): string {
    return urlOf(this.#access, this.#options.database ?? 'damson', this.#paths.cluster);
  }

  get pid(): number {
    return this.#access.pid ?? 0;
  }

  async open(): Promise<void> {
    await withLockFile(this.#lockPath, LOCK_TIMEOUT_MS, async () => {
      const known = await this.#readAccess();
      const session = known ? await this.#attach(known) : undefined;
      this.attached = session !== undefined;
      await this.#hold(session ?? (await this.#start(known)));
      await this.#makeDatabase();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #readAccess(): Promise<Access | undefined> {
    try {
      return JSON.parse(await readFile(this.#accessPath, 'utf8')) as Access;
    } catch {
      return undefined;
    }
  }

  async #writeAccess(access: Access): Promise<void> {
    const draft = `${this.#accessPath}.part`;
    await writeFile(draft, JSON.stringify(access), { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, this.#accessPath);
    this.#access = access;
  }

  /** A session on the running server if there is one and it is ours; waits while it starts up or shuts down. */
  async #attach(access: Access): Promise<pg.Client | undefined> {
    if (!access.port || !existsSync(this.#paths.cluster)) return undefined;
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const session = new pg.Client({
        connectionString: urlOf(access, 'postgres', this.#paths.cluster),
        application_name: 'damson-embedded',
        keepAlive: true,
        connectionTimeoutMillis: 5000,
      });
      session.on('error', () => undefined);
      try {
        await session.connect();
        const { rows } = await session.query<{ data_directory: string }>('show data_directory');
        const ours = rows[0] !== undefined && realpathSync(rows[0].data_directory) === realpathSync(this.#paths.cluster);
        if (ours) {
          this.#access = { ...access, pid: readPostmaster(this.#paths.cluster)?.pid ?? null };
          return session;
        }
        await session.end();
        return undefined;
      } catch (error) {
        await session.end().catch(() => undefined);
        if (pgCode(error) !== '57P03' || Date.now() > deadline) return undefined;
        await pause(50);
      }
    }
  }

  /** initdb when there is no cluster, then the postmaster; several tries, since the port may be taken in between, or remains of a killed server still be there. */
  async #start(known: Access | undefined): Promise<pg.Client> {
    let password = known?.password;
    if (!existsSync(join(this.#paths.cluster, 'PG_VERSION'))) {
      password ??= newPassword();
      await initCluster(this.#paths, password, this.#options.unsafeFast !== true);
    } else if (password === undefined) {
      password = newPassword();
      await resetPassword(this.#paths, password);
    }
    for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
      const session = (await this.#attachRunning(password)) ?? (await this.#tryStart(password, known?.port ?? 0));
      if (session) return session;
      await pause(200 * attempt);
    }
    throw new Error(`the embedded PostgreSQL server does not start; the end of ${this.#paths.log}:\n${logTail(this.#paths)}`);
  }

  /** A postmaster that we do not know the port of (its starter was killed early) tells it in its own file. */
  async #attachRunning(password: string): Promise<pg.Client | undefined> {
    const running = readPostmaster(this.#paths.cluster);
    if (!running?.port || !isAlive(running.pid)) return undefined;
    const session = await this.#attach({ ...running, password });
    if (session) await this.#writeAccess({ ...running, password });
    return session;
  }

  async #tryStart(password: string, wantedPort: number): Promise<pg.Client | undefined> {
    const port = await freePort('127.0.0.1', wantedPort);
    // Written first: whoever finds the server after we were killed in the next lines must be able to attach.
    await this.#writeAccess({ port, password, pid: null });
    const child = await spawnServer(this.#paths, port, this.#options.unsafeFast === true);
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!child.exited() && Date.now() < deadline) {
      const session = await this.#attach({ port, password, pid: child.pid });
      if (session) {
        await this.#writeAccess({ port, password, pid: child.pid });
        this.#options.log.info({ port, pid: child.pid }, 'embedded PostgreSQL started');
        return session;
      }
      await Promise.race([pause(20), child.ended]);
    }
    if (!child.exited()) process.kill(child.pid, 'SIGQUIT');
    await child.ended;
    return undefined;
  }

  async #hold(session: pg.Client): Promise<void> {
    await session.query('select pg_advisory_lock_shared($1)', [USERS_LOCK]);
    this.#session = session;
    session.once('end', () => this.#lost());
  }

  /** The server restarted its backends or died: come back, start it if need be, on the same port, so that all pools heal by themselves. */
  #lost(): void {
    this.#session = undefined;
    if (this.#closing || this.#options.revive === false) return;
    this.#options.log.warn({}, 'embedded PostgreSQL dropped its connections; attaching again');
    const again = async (): Promise<void> => {
      while (!this.#closing) {
        try {
          await this.open();
          return;
        } catch (error) {
          this.#options.log.error({ err: error }, 'embedded PostgreSQL is not back');
          await pause(1000);
        }
      }
    };
    this.#reopening = again();
  }

  async #makeDatabase(): Promise<void> {
    const name = this.#options.database ?? 'damson';
    const found = await this.#session?.query('select 1 from pg_database where datname = $1', [name]);
    if (found?.rowCount === 0) await this.#session?.query(`create database ${pg.escapeIdentifier(name)}`);
  }

  async #close(): Promise<void> {
    await this.#reopening;
    const session = this.#session;
    if (!session) return;
    await withLockFile(this.#lockPath, LOCK_TIMEOUT_MS, async () => {
      await session.query('select pg_advisory_unlock_shared($1)', [USERS_LOCK]);
      const { rows } = await session.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [USERS_LOCK]);
      const running = readPostmaster(this.#paths.cluster);
      if (rows[0]?.last && running) await this.#stop(running.pid);
      await session.end().catch(() => undefined);
    }).catch((error: unknown) => this.#options.log.error({ err: error }, 'embedded PostgreSQL was not left cleanly'));
  }

  /** "Fast" shutdown: sessions are cut, everything committed is written, the next start needs no recovery. */
  async #stop(pid: number): Promise<void> {
    process.kill(pid, 'SIGINT');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (isAlive(pid)) {
      if (Date.now() > deadline) throw new Error(`embedded PostgreSQL (process ${pid}) does not stop`);
      await pause(10);
    }
    this.#options.log.info({ pid }, 'embedded PostgreSQL stopped');
  }
}
