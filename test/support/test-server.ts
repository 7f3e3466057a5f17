import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import { createDatabase } from '../../src/platform/database/external.ts';
import { type EmbeddedPostgres, startEmbedded } from '../../src/platform/database/embedded.ts';
import { isAlive, withLockFile } from '../../src/platform/database/embedded-lock.ts';
import { readPostmaster } from '../../src/platform/database/embedded-server.ts';
import { pgCode } from '../../src/platform/database/pg-errors.ts';
import { silentLog } from '../../src/platform/log.ts';
import { externalPostgres } from './places.ts';

/**
 * The one database server of a test run. It starts with the first test that asks for it, in whichever mocha process that is; the others attach. Its folder's name holds the
 * pid of the run, so that a later run can clear away what a killed one left.
 */

const PREFIX = 'damson-test-';
const ENV_DIR = 'DAMSON_TEST_DIR';
/** On a server that outlives the run, a template of an older run would lack what was migrated since. */
const template = () => `damson_template_${basename(runDir()).replaceAll(/\W/g, '_').toLowerCase()}`;

const INSUFFICIENT_PRIVILEGE = '42501';

type Server = Pick<EmbeddedPostgres, 'url' | 'close'>;
let server: Promise<Server> | undefined;

/** Chooses the run's folder and tells the mocha workers through the environment. */
export function announceRun(): void {
  sweepDeadRuns();
  process.env[ENV_DIR] = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

function runDir(): string {
  const dir = process.env[ENV_DIR];
  if (!dir) throw new Error(`${ENV_DIR} is not set: run tests through mocha with test/support/hooks.ts (see .mocharc.json)`);
  return dir;
}

/** Starts or attaches to the run's server and makes the migrated template once. */
export function testServer(): Promise<Server> {
  server ??= open();
  return server;
}

async function open(): Promise<Server> {
  const external = externalPostgres();
  const found =
    external === undefined
      ? await startEmbedded({ dataDir: runDir(), log: silentLog, database: 'postgres', unsafeFast: true, revive: false })
      : {
          url: external,
          close: () => onServer(external, async (admin) => void (await admin.query(`drop database if exists ${template()}`))),
        };
  await withLockFile(join(runDir(), 'template.lock'), 60_000, () => makeTemplate(found.url));
  return found;
}

async function makeTemplate(adminUrl: string): Promise<void> {
  const there = await onServer(adminUrl, (admin) => admin.query('select 1 from pg_database where datname = $1', [template()]));
  if (there.rowCount) return;
  const draft = `draft_${randomUUID().slice(0, 8)}`;
  await onServer(adminUrl, (admin) => admin.query(`create database ${draft}`));
  const database = await createDatabase({ url: withDatabase(adminUrl, draft), entities: [], migrations, poolSize: 2, log: silentLog });
  await database.migrate();
  await database.close();
  await onServer(adminUrl, (admin) => admin.query(`alter database ${draft} rename to ${template()}`));
}

async function onServer<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** A new database on the run's server: a copy of the template, or empty. */
export async function newDatabase(empty = false): Promise<{ url: string; drop(): Promise<void> }> {
  const { url } = await testServer();
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await onServer(url, (admin) => admin.query(`create database ${name} template ${empty ? 'template0' : template()}`));
  return {
    url: withDatabase(url, name),
    drop: () => onServer(url, (admin) => dropDatabase(admin, name)),
  };
}

/** Who is no superuser may not end the server's own workers (autovacuum) in the database: those are waited for. */
async function dropDatabase(admin: pg.Client, name: string): Promise<void> {
  for (const end = Date.now() + 30_000; ; ) {
    try {
      await admin.query(`drop database if exists ${name} with (force)`);
      return;
    } catch (error) {
      if (pgCode(error) !== INSUFFICIENT_PRIVILEGE || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Stops the run's server and removes its folder. */
export async function endRun(): Promise<void> {
  await (await server?.catch(() => undefined))?.close();
  const running = readPostmaster(join(runDir(), 'postgres'));
  if (running && killPostgres(running.pid)) {
    while (isAlive(running.pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  rmSync(runDir(), { recursive: true, force: true, maxRetries: 5 });
}

/** The same without waiting, for a process that is about to exit. */
export function endRunNow(): void {
  const dir = process.env[ENV_DIR];
  if (dir) clearAway(dir);
}

function clearAway(dir: string): void {
  const running = readPostmaster(join(dir, 'postgres'));
  if (running && killPostgres(running.pid)) {
    // Nothing asynchronous happens any more in a process that exits, and a server that still writes makes the removal fail.
    const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; isAlive(running.pid) && waited < 10_000; waited += 10) Atomics.wait(nobodyWakes, 0, 0, 10);
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

/** Immediate shutdown; only of a process that really is a PostgreSQL server. */
function killPostgres(pid: number): boolean {
  try {
    if (process.platform === 'linux' && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
    process.kill(pid, 'SIGQUIT');
    return true;
  } catch {
    return false;
  }
}

function sweepDeadRuns(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0]);
    if (name.startsWith(PREFIX) && Number.isInteger(pid) && pid > 0 && !isAlive(pid)) clearAway(join(tmpdir(), name));
  }
}
