import { alternate, type Comparison, median, type Rhythm, type Verdict, verdict } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { startEngines } from './lib/engines.ts';
import { QUEUE_CONCURRENCY, type QueueQuestion } from './lib/queue-settings.ts';
import type { Result } from './lib/report.ts';

/** Jobs on Redis through outbox and inbox, against BullMQ alone with the same settings. */

const BATCH = 100;
const CASES = [
  { name: 'trivial jobs', ms: 0, goal: 0.4 },
  { name: 'jobs of 5 ms', ms: 5, goal: 0.9 },
] as const;

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const count = Number(process.env['BENCH_QUEUE_JOBS'] ?? (quick ? 2000 : 20_000));
  const servers = await startEngines(['postgres', 'redis']);
  const { REDIS_URL = '', DATABASE_URL = '' } = servers.variables;
  const alone = await startChild<object>('baselines/bullmq-redis.ts', [REDIS_URL]);
  const damson = await startChild<object>('subjects/queue.ts', [REDIS_URL, DATABASE_URL]);
  try {
    const rows: (string | number)[][] = [];
    const verdicts: Verdict[] = [];
    const data: Record<string, Comparison> = {};
    for (const { name, ms, goal } of CASES) {
      const turn = (child: typeof alone) => async (seconds: number) => {
        // The warm-up is a tenth of the jobs.
        const jobs = seconds === 0 ? Math.ceil(count / 10) : count;
        const question: QueueQuestion = { count: jobs, batch: BATCH, ms };
        return jobs / ((await child.ask<{ ms: number }>(question)).ms / 1000);
      };
      const comparison = await alternate(turn(alone), turn(damson), {
        rounds: quick ? Math.min(rounds, 2) : rounds,
        seconds: 1,
        warmUp: 0,
      });
      const said = verdict(comparison.ratio, comparison.spread, goal);
      rows.push([
        name,
        median(comparison.baseline),
        median(comparison.subject),
        comparison.ratio,
        `± ${comparison.spread.toFixed(3)}; goal ${goal}: ${said}`,
      ]);
      verdicts.push(said);
      data[name] = comparison;
    }
    return {
      name: 'queue',
      title: `${count} jobs on Redis`,
      method:
        `${count} jobs, enqueued in transactions of ${BATCH} and worked at the same time by the same process, ${QUEUE_CONCURRENCY} at a time, timed from the ` +
        'first insert until the last is done. Baseline: BullMQ alone, the same options, bulk inserts of the same size; subject: outbox rows in PostgreSQL ' +
        '(fsync on), the relay, BullMQ, and per job the count of its run and the inbox row with the end of its outbox row. Jobs of 5 ms wait for ' +
        'a timer. One Redis (append-only file, fsync each second) and one PostgreSQL on the same machine for both.',
      columns: ['', 'BullMQ alone, jobs/s', 'damson, jobs/s', 'ratio', ''],
      rows,
      versions: servers.versions,
      quick,
      data,
      verdict: quick ? null : worst(verdicts),
    };
  } finally {
    await damson.close();
    await alone.close();
    await servers.stop();
  }
}

const worst = (all: readonly Verdict[]): Verdict =>
  all.includes('missed') ? 'missed' : all.includes('not decided') ? 'not decided' : 'reached';
