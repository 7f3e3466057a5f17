import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../src/platform/free-port.ts';
import { median, type Rhythm } from './lib/alternate.ts';
import type { Result } from './lib/report.ts';
import { serverEnvironment, stop, untilReady } from './lib/server.ts';

/** `npm start` until `/health/ready` says yes: once on an empty data directory, then on the same one. */

const GOAL_MS = 5000;
const ROOT = fileURLToPath(new URL('../', import.meta.url));

async function start(dataDir: string): Promise<number> {
  const port = await freePort('127.0.0.1');
  const begin = performance.now();
  const child = spawn('npm', ['start'], { cwd: ROOT, env: serverEnvironment(dataDir, port), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  try {
    await untilReady(`http://127.0.0.1:${port}`, child);
    return performance.now() - begin;
  } catch (error) {
    throw new Error(`npm start failed: ${said}`, { cause: error });
  } finally {
    await stop(child);
  }
}

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  try {
    // Installing and building, if due, is no start's.
    await promisify(execFile)('npm', ['run', 'prestart'], { cwd: ROOT });
    const first = await start(dataDir);
    const later: number[] = [];
    for (let round = 0; round < Math.min(rounds, 3); round++) later.push(await start(dataDir));
    const slowest = Math.max(...later);
    const seconds = (ms: number) => (ms / 1000).toFixed(2);
    return {
      name: 'start',
      title: 'Second start',
      method: `From \`npm start\` (with its check of packages and build) until /health/ready answers 200, embedded PostgreSQL. Goal: each later start under ${GOAL_MS / 1000} s.`,
      columns: ['', 'median s', 'samples'],
      rows: [
        ['first start, empty data directory', seconds(first), seconds(first)],
        ['later starts', seconds(median(later)), later.map(seconds).join('  ')],
      ],
      versions: {},
      quick,
      data: { first, later, goal: GOAL_MS },
      verdict: slowest < GOAL_MS ? 'reached' : 'missed',
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
