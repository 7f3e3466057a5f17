import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import sharp from 'sharp';
import { freePort } from '../../src/platform/free-port.ts';
import { ADMIN, eventually } from './harness.ts';

/** Real servers and real processes of Damson on them, for tests that kill either. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENGINES = join(ROOT, 'scripts/engines.mjs');

export type Engine = 'postgres' | 'redis' | 's3';

export interface Engines {
  readonly variables: Record<string, string>;
  kill(engine: Engine): void;
  revive(engine: Engine): void;
  stop(): Promise<void>;
}

/** Servers of this test alone; null where one of them is not installed. */
export async function startEngines(engines: readonly Engine[], fast = true): Promise<Engines | null> {
  const folder = await mkdtemp(join(tmpdir(), 'damson-test-engines-'));
  const dir = join(folder, 'e');
  const run = (...args: string[]): string => {
    const result = spawnSync(process.execPath, [ENGINES, ...args, '--dir', dir], { encoding: 'utf8', timeout: 180_000 });
    if (result.status !== 0) throw new Error(`engines.mjs ${args.join(' ')}: ${result.stderr}`);
    return result.stdout;
  };
  const { chmod } = await import('node:fs/promises');
  // PostgreSQL runs as a user of its own below it.
  await chmod(folder, 0o711);
  const stop = async (): Promise<void> => {
    run('stop');
    await rm(folder, { recursive: true, force: true });
  };
  const variables = JSON.parse(run('start', '--json', '--only', engines.join(','), ...(fast ? ['--fast'] : []))) as Record<string, string>;
  const wanted: Record<Engine, string> = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', s3: 'S3_ENDPOINT' };
  if (engines.some((engine) => variables[wanted[engine]] === undefined)) {
    await stop();
    return null;
  }
  return { variables, kill: (engine) => void run('kill', engine), revive: (engine) => void run('revive', engine), stop };
}

export interface DamsonProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  /** `/health/ready` and its status; null when there is no answer. */
  ready(): Promise<{ status: number; body: { status: string; parts: Record<string, { status: string; detail?: string }> } } | null>;
  /** Resolves with the exit code, or null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** An entry point: from the build when nothing in the sources is newer, which starts several times faster. */
function entry(path: string): string[] {
  const built = join(ROOT, 'dist', path.replace(/\.ts$/, '.js'));
  const newest = Math.max(...['src', 'config', 'migrations', 'workers'].map((folder) => newestIn(join(ROOT, folder))));
  if (existsSync(built) && statSync(built).mtimeMs > newest) return [built];
  return ['--import', 'tsx', join(ROOT, path)];
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((item) => item.isFile());
  return Math.max(...files.map((item) => statSync(join(item.parentPath, item.name)).mtimeMs));
}

/** Starts an entry point and waits until it is live; rejects with its output when it ends before. */
export async function startDamson(path: string, env: Record<string, string>): Promise<DamsonProcess> {
  const port = String(await freePort('127.0.0.1'));
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, entry(path), {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', PORT: port, HEALTH_PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-40_000)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  await eventually(
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${path} ended before it was live:\n${output}`);
      return fetch(`${url}/health/live`).then(
        (response) => response.ok,
        () => false,
      );
    },
    { ms: 120_000, what: `${path} becoming live` },
  );
  return {
    url,
    child,
    output: () => output,
    ready: () =>
      fetch(`${url}/health/ready`).then(
        async (response) => ({ status: response.status, body: await response.json() }),
        () => null,
      ) as ReturnType<DamsonProcess['ready']>,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** What every process of one installation is told alike. */
export function stackEnv(variables: Record<string, string>, dataDir: string): Record<string, string> {
  return {
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    APP_SECRET: 'test-secret-of-more-than-thirty-two-characters',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    LOG_LEVEL: 'warn',
    RATE_LIMIT: 'off',
    ...variables,
    // What they index is compared in PostgreSQL.
    MEILI_URL: '',
    MEILI_MASTER_KEY: '',
  };
}

export interface TestFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** A small picture unlike any with another number. */
export async function picture(name: string, i: number): Promise<TestFile> {
  const noise = Buffer.alloc(64 * 48 * 3).map((_, at) => (at * 31 + i * 97) % 251);
  const bytes = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { name, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** An administrator's API key. */
export async function makeKey(url: string): Promise<string> {
  const post = (path: string, headers: Record<string, string>, body: unknown) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: url, ...headers },
      body: JSON.stringify(body),
    });
  const signed = await post('/api/auth/sign-in/email', {}, ADMIN);
  const cookie = signed.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const made = await post(
    '/api/v1/api-keys',
    { Cookie: cookie },
    { name: 'stack test', scopes: ['assets:read', 'assets:write', 'assets:publish'] },
  );
  expect(made.status, await made.clone().text()).to.equal(201);
  return ((await made.json()) as { key: string }).key;
}
