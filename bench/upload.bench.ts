import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type Rhythm, type Verdict, verdict } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { growthDuring } from './lib/memory.ts';
import type { Result } from './lib/report.ts';
import { startServer } from './lib/server.ts';

/** One big file by multipart and by tus, against a bare server that hashes and stores as durably. */

const GOALS = { ratio: 0.7, growth: 100e6 };
const WAYS = [
  { name: 'multipart', way: 'multipart' },
  { name: 'tus, one PATCH', way: 'tus' },
  { name: 'tus, PATCHes of 64 MiB', way: 'tus', patch: 64 * 2 ** 20 },
] as const;
const MEGA = 1e6;

interface Sample {
  /** MB/s */
  readonly rate: number;
  /** Bytes above the start, at most. */
  readonly growth: number;
}

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const bytes = Number(process.env['BENCH_UPLOAD_BYTES'] ?? (quick ? 200 * MEGA : 2000 * MEGA));
  const turns = Math.min(rounds, 3);
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const bare = await startChild<{ url: string }>('baselines/http-sha256-disk.ts', [folder]);
  const client = await startChild<object>('clients/big-file.ts');
  const server = await startServer();
  const samples = { baseline: [] as Sample[], subjects: WAYS.map(() => [] as Sample[]) };
  try {
    let seed = 0;
    const measure = async (pid: number, question: object, size = bytes): Promise<Sample> => {
      const ask = () => client.ask<{ ms: number }>({ ...question, key: server.key, bytes: size, seed: seed++ });
      const { result, growth } = await growthDuring(pid, ask);
      return { rate: size / MEGA / (result.ms / 1000), growth };
    };
    const baseline = (size?: number) => measure(bare.pid, { way: 'raw', url: bare.ready.url }, size);
    const subject = ({ name: _name, ...how }: (typeof WAYS)[number], size?: number) =>
      measure(server.pid, { ...how, url: server.url }, size);
    // Code is compiled, connections and pools are open before anything counts.
    await baseline(32 * MEGA);
    for (const way of WAYS) await subject(way, 32 * MEGA);
    for (let round = 0; round < turns; round++) {
      samples.baseline.push(await baseline());
      await bare.ask({});
      for (const [at, way] of WAYS.entries()) samples.subjects[at]?.push(await subject(way));
    }
    return result(samples, bytes, quick);
  } finally {
    await client.close();
    await bare.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function result(samples: { baseline: readonly Sample[]; subjects: readonly (readonly Sample[])[] }, bytes: number, quick: boolean): Result {
  const rates = (of: readonly Sample[]) => of.map(({ rate }) => rate);
  const most = (of: readonly Sample[]) => Math.max(...of.map(({ growth }) => growth));
  const base = rates(samples.baseline);
  const verdicts: Verdict[] = [];
  const rows: (string | number)[][] = [['baseline', median(base), list(base), '', '', most(samples.baseline) / MEGA, '']];
  for (const [at, of] of samples.subjects.entries()) {
    const ratios = of.map(({ rate }, round) => rate / (base[round] ?? Number.NaN));
    const ratio = median(rates(of)) / median(base);
    const spread = (Math.max(...ratios) - Math.min(...ratios)) / 2;
    const growth = most(of);
    const said = [verdict(ratio, spread, GOALS.ratio), growth < GOALS.growth ? 'reached' : 'missed'] as const;
    verdicts.push(...said);
    rows.push([
      WAYS[at]?.name ?? '',
      median(rates(of)),
      list(rates(of)),
      ratio,
      `± ${spread.toFixed(3)}: ${said[0]}`,
      growth / MEGA,
      said[1],
    ]);
  }
  return {
    name: 'upload',
    title: `Upload of one file of ${(bytes / MEGA).toLocaleString('en')} MB`,
    method:
      'Baseline: bare node:http that hashes the raw body (SHA-256), writes it, and answers after fsync of file and folder; subject: the whole product ' +
      'from dist, one asset committed per upload. The same client in a process of its own sends to both; the multipart body carries the same file. ' +
      `Memory: most by which the resident memory of the server and all its processes (embedded PostgreSQL included, sum of RSS each 200 ms) rose ` +
      `during an upload. Goals: ratio >= ${GOALS.ratio}, memory < ${GOALS.growth / MEGA} MB.`,
    columns: ['', 'median MB/s', 'samples', 'ratio', 'goal', 'memory +MB', 'goal'],
    rows,
    versions: {},
    quick,
    data: { ...samples, goals: GOALS },
    verdict: verdicts.includes('missed') ? 'missed' : verdicts.includes('not decided') ? 'not decided' : 'reached',
  };
}

const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join('  ');
