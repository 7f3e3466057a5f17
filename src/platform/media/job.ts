import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { childEnvironment } from './environment.ts';
import type { JobRoom, Limits, Sandbox } from './sandbox.ts';
import { killGroup } from './sandbox.ts';

/** How one sandboxed process ended. */
export interface JobResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly elapsedMs: number;
  readonly stdout: Buffer;
  /** Its first 16 kB. */
  readonly stderr: string;
}

export interface JobOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Wall clock, ms. */
  readonly deadlineMs: number;
  readonly env?: Record<string, string>;
}

const MOST_STDOUT = 4 * 2 ** 20;
const MOST_STDERR = 16 * 2 ** 10;

/** Gives `work` a fresh private directory in which the file appears as `input`, and `more` as `input-1` and so on; removes it afterwards, whatever happens. */
export async function withRoom<T>(
  sandbox: Sandbox,
  tempDir: string,
  path: string,
  work: (room: JobRoom) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  await mkdir(tempDir, { recursive: true, mode: 0o700 });
  const room: JobRoom = {
    directory: await mkdtemp(join(resolve(tempDir), 'job-')),
    input: resolve(path),
    more: more.map((each) => resolve(each)),
  };
  try {
    // With private mounts the input is bound in read-only; without them a link stands for it.
    if (sandbox.level !== 'full') {
      await symlink(room.input, join(room.directory, 'input'));
      for (const [n, file] of more.entries()) await symlink(resolve(file), join(room.directory, `input-${n + 1}`));
    }
    return await work(room);
  } finally {
    await rm(room.directory, { recursive: true, force: true });
  }
}

const STALE_MS = 24 * 3600 * 1000;

/** Removes rooms a killed server left behind; younger ones may belong to another process that lives. Returns how many. */
export async function sweepRooms(tempDir: string, now: number): Promise<number> {
  const names = (await readdir(tempDir).catch(() => [])).filter((name) => name.startsWith('job-') || name.startsWith('probe-'));
  let removed = 0;
  for (const name of names) {
    const path = join(tempDir, name);
    const entry = await stat(path).catch(() => null);
    if (!entry || now - entry.mtimeMs < STALE_MS) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

function collect(stream: NodeJS.ReadableStream | null, most: number, onOverflow: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (length >= most) return;
    chunks.push(chunk);
    length += chunk.length;
    if (length >= most) onOverflow();
  });
  return () => Buffer.concat(chunks).subarray(0, most);
}

/**
 * Runs `command` in its room under the sandbox and waits for it. The whole process group is killed at the deadline, on abort
 * (then the signal's reason is thrown) and when it says too much. Throws only when it could not be started.
 */
export async function runJob(sandbox: Sandbox, room: JobRoom, command: readonly string[], options: JobOptions): Promise<JobResult> {
  options.signal.throwIfAborted();
  const began = performance.now();
  const [program = '', ...args] = sandbox.wrap(command, options.limits, room);
  const child: ChildProcess = spawn(program, args, {
    detached: true,
    cwd: room.directory,
    env: childEnvironment(room.directory, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => killGroup(child.pid);
  const stdout = collect(child.stdout, MOST_STDOUT, kill);
  const stderr = collect(child.stderr, MOST_STDERR, () => undefined);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, options.deadlineMs);
  options.signal.addEventListener('abort', kill, { once: true });
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolveExit, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, exitSignal) => resolveExit([exitCode, exitSignal]));
    });
    options.signal.throwIfAborted();
    return { code, signal, timedOut, elapsedMs: performance.now() - began, stdout: stdout(), stderr: stderr().toString('utf8') };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', kill);
  }
}
