import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries, type Launch, launchFor } from './embedded-binaries.ts';

/** Making a cluster and starting a postmaster on it; who may do so and when is decided in `embedded.ts`, under its lock file. */

export const SUPERUSER = 'postgres';
const MAX_LOG_BYTES = 10 * 1024 * 1024;

const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '256MB', max_wal_size: '2GB' };
/** Tests only: a power cut destroys the cluster. */
const UNSAFE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB', max_wal_size: '1GB' };
const COMMON = {
  listen_addresses: '127.0.0.1',
  max_connections: '100',
  jit: 'off',
  random_page_cost: '1.1',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  // No replicas can be attached to this server, so its log needs no more than crash recovery does.
  wal_level: 'minimal',
  max_wal_senders: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  password_encryption: 'scram-sha-256',
};

export interface ServerPaths {
  readonly cluster: string;
  readonly log: string;
}

/** Programs of the server get no variable of ours: they need none, and ours hold secrets. */
const ENV = { LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };

function runTool(launch: Launch, args: string[], input?: string): void {
  const { command, prefix, ...who } = launch;
  const result = spawnSync(command, [...prefix, ...args], { ...who, env: ENV, input, encoding: 'utf8' });
  if (result.status === 0) return;
  throw new Error(`${args[0] === '--single' ? 'postgres --single' : 'initdb'} failed: ${explain(result.error?.message ?? result.stderr)}`);
}

function explain(text: string): string {
  const hint = /Permission denied|EACCES/.test(text)
    ? ' (the user that runs PostgreSQL must be able to enter the data folder and the folder of node_modules; a home of mode 0700 forbids that)'
    : '';
  return text.trim() + hint;
}

/** Makes the cluster with this superuser password, aside and renamed into place: an interrupted initdb leaves nothing that looks finished. */
export async function initCluster(paths: ServerPaths, password: string, sync: boolean): Promise<void> {
  const { initdb } = await findBinaries();
  const draft = `${paths.cluster}.init`;
  const passwordFile = `${paths.cluster}.pw`;
  rmSync(draft, { recursive: true, force: true });
  const launch = launchFor(initdb, paths.cluster);
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (launch.uid !== undefined && launch.gid !== undefined)
    for (const path of [draft, passwordFile]) chownSync(path, launch.uid, launch.gid);
  try {
    const auth = ['-U', SUPERUSER, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'];
    runTool(launch, ['-D', draft, ...auth, '-E', 'UTF8', `--locale=${ENV.LC_ALL}`, ...(sync ? [] : ['--no-sync'])]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, paths.cluster);
}

/** Sets the superuser's password while no server runs on the cluster (postgres.json was lost). */
export async function resetPassword(paths: ServerPaths, password: string): Promise<void> {
  const { postgres } = await findBinaries();
  runTool(
    launchFor(postgres, paths.cluster),
    ['--single', '-D', paths.cluster, 'postgres'],
    `alter role ${SUPERUSER} password '${password}'\n`,
  );
}

/** `sun_path` of the smallest system (macOS), with its final NUL. */
const MAX_SOCKET_PATH = 104;

/**
 * Where the server listens beside its port, or null where it cannot: no such sockets on Windows, or a path too long or with
 * characters the setting has no place for. A statement costs about half of what it costs over TCP.
 */
export function socketPath(cluster: string, port: number): string | null {
  const path = join(cluster, `.s.PGSQL.${port}`);
  return process.platform === 'win32' || /["\\]/.test(path) || Buffer.byteLength(path) >= MAX_SOCKET_PATH ? null : path;
}

export interface Spawned {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  exited(): boolean;
}

/** Starts the postmaster in a session of its own (Ctrl-C must not reach it), its output going to the log file. */
export async function spawnServer(paths: ServerPaths, port: number, unsafeFast: boolean): Promise<Spawned> {
  const { postgres } = await findBinaries();
  const { command, prefix, ...who } = launchFor(postgres, paths.cluster);
  const sockets = { unix_socket_directories: socketPath(paths.cluster, port) === null ? '' : `"${paths.cluster}"` };
  const settings = Object.entries({ ...COMMON, ...sockets, ...(unsafeFast ? UNSAFE : DURABLE), port: String(port) });
  const args = [...prefix, '-D', paths.cluster, ...settings.flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  if (existsSync(paths.log) && statSync(paths.log).size > MAX_LOG_BYTES) renameSync(paths.log, `${paths.log}.1`);
  const log = openSync(paths.log, 'a', 0o600);
  try {
    const child = spawn(command, args, { ...who, env: ENV, cwd: '/', detached: true, stdio: ['ignore', log, log] });
    let over = false;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    }).then(() => {
      over = true;
    });
    child.unref();
    return { pid: child.pid ?? 0, ended, exited: () => over };
  } finally {
    closeSync(log);
  }
}

/** The last lines of the server's log, for an error message. */
export function logTail(paths: ServerPaths): string {
  if (!existsSync(paths.log)) return '(no log)';
  return explain(readFileSync(paths.log, 'utf8').trim().split('\n').slice(-8).join('\n'));
}

/** The running (or killed) postmaster's pid and port as it wrote them itself. Never delete that file: the server decides about it. */
export function readPostmaster(cluster: string): { pid: number; port: number } | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3] ?? 0) || 0 } : null;
  } catch {
    return null;
  }
}

/** A password nobody has to type. */
export const newPassword = (): string => randomUUID() + randomUUID();
