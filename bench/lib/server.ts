import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/platform/free-port.ts';
import { nodeFlags } from './node-flags.ts';

/** The product as it is shipped: `dist/`, in a process of its own, on an empty data directory. */
export interface Server {
  readonly url: string;
  /** An administrator's API key. */
  readonly key: string;
  readonly pid: number;
  readonly dataDir: string;
  close(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist/src/main.js');
const ADMIN = { email: 'bench@example.com', password: 'correct-horse-of-the-bench' };

/** Environment of a server on this data directory and port: fsync on, no rate limit, warnings only. */
export function serverEnvironment(dataDir: string, port: number): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return {
    ...{ PATH, HOME, LANG },
    PORT: String(port),
    DATA_DIR: dataDir,
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    LOG_LEVEL: process.env['BENCH_LOG'] ?? 'warn',
    RATE_LIMIT: 'off',
  };
}

/** Waits until the server says it is ready. @throws when it ends before, or is not ready within a minute */
export async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended (${child.exitCode ?? child.signalCode})`);
    const ready = await fetch(`${url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (Date.now() > until) throw new Error('the server was not ready within a minute');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

export interface ServerOptions {
  /** Settings besides those of every bench: other parts than the embedded ones. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Jobs are worked by a process of their own. */
  readonly apart?: boolean;
}

/** Starts it with node's own `BENCH_NODE_ARGS` (e.g. `--cpu-prof`), if given, and makes an API key. */
export async function startServer({ variables = {}, apart = false }: ServerOptions = {}): Promise<Server> {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing: npm run bench builds it');
  const dataDir = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const port = await freePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const nodeArgs = (process.env['BENCH_NODE_ARGS'] ?? '').split(' ').filter(Boolean);
  const launch = (env: NodeJS.ProcessEnv) =>
    spawn(process.execPath, [...nodeFlags(), ...nodeArgs, MAIN], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const env = { ...serverEnvironment(dataDir, port), ...variables };
  const child = launch(apart ? { ...env, ROLES: 'web' } : env);
  const children = [child];
  const close = async () => {
    await Promise.all(children.map(stop));
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(url, child);
    if (apart) {
      const health = await freePort('127.0.0.1');
      const worker = launch({ ...env, ROLES: 'worker', HEALTH_PORT: String(health) });
      children.push(worker);
      await untilReady(`http://127.0.0.1:${health}`, worker);
    }
    return { url, key: await makeKey(url), pid: child.pid ?? 0, dataDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeKey(url: string): Promise<string> {
  const post = async (path: string, headers: Record<string, string>, body: unknown): Promise<Response> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: url, ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const session = await post('/api/auth/sign-in/email', {}, ADMIN);
  const cookie = session.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const scopes = ['assets:read', 'assets:write', 'assets:publish', 'folders:write'];
  const made = await post('/api/v1/api-keys', { Cookie: cookie }, { name: 'bench', scopes });
  return ((await made.json()) as { key: string }).key;
}
