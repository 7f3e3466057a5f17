import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMIN, eventually } from './harness.ts';

/** A real server process, for tests that kill it. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = join(ROOT, 'dist/src/main.js');

/** The build starts several times faster than the sources; it counts only when nothing in the sources is newer. */
function entry(): string[] {
  const newest = Math.max(...['src', 'config', 'migrations'].map((folder) => newestIn(join(ROOT, folder))));
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > newest) return [BUILT];
  return ['--import', 'tsx', join(ROOT, 'src/main.ts')];
}

function newestIn(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((item) => item.isFile())
      .map((item) => statSync(join(item.parentPath, item.name)).mtimeMs),
  );
}

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the server from the sources and waits until it is ready; rejects with its output when it ends before. */
export async function startProcess(env: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, entry(), {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  let dead = false;
  void ended.then(() => {
    dead = true;
  });
  await eventually(
    async () => {
      if (dead) throw new Error(`the server ended before it was ready:\n${output}`);
      return fetch(`http://127.0.0.1:${env['PORT']}/health/live`).then(
        (response) => response.ok,
        () => false,
      );
    },
    { ms: 60_000, what: `the server becoming live (${output})` },
  );
  return {
    child,
    output: () => output,
    ended,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await ended;
    },
  };
}

/** An API key of the first administrator, for a server that runs as a process. */
export async function makeKey(url: string): Promise<string> {
  const signed = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: url },
    body: JSON.stringify(ADMIN),
  });
  const cookie = signed.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const made = await fetch(`${url}/api/v1/api-keys`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: url, Cookie: cookie },
    body: JSON.stringify({ name: 'kill test', scopes: ['assets:read', 'assets:write'] }),
  });
  if (made.status !== 201) throw new Error(`no key was made: ${made.status} ${await made.text()}`);
  return ((await made.json()) as { key: string }).key;
}
