import type { Rhythm } from './lib/alternate.ts';
import { type Child, startChild } from './lib/child.ts';
import type { Result } from './lib/report.ts';
import { fixedQueries, KINDS } from './search/queries.ts';

/** 200 fixed queries through HTTP over 100,000 assets, and the same over 1,000. */

const LARGE = 100_000;
const SMALL = 1000;
const GOALS = { plain: 50, faceted: 150, longest: 500 };

interface Ready {
  readonly url: string;
  readonly key: string;
  readonly seededMs: number;
  readonly loadMs: number;
  readonly blockedMs: number;
  readonly postgres: string;
}

interface Sample {
  readonly kind: string;
  readonly faceted: boolean;
  readonly ms: number;
}

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const large = quick ? LARGE / 5 : LARGE;
  const small = await measured(SMALL, (child) => run(child, rounds, true));
  return measured(large, async (child) => {
    const cold = await run(child, rounds, true);
    const warm = await run(child, rounds, false);
    return result(cold, small, warm, { large, rounds, ...child.ready }, quick);
  });
}

async function measured<T>(assets: number, work: (child: Child<Ready>) => Promise<T>): Promise<T> {
  const child = await startChild<Ready>('subjects/search.ts', [String(assets)]);
  try {
    return await work(child);
  } finally {
    await child.close();
  }
}

/** @param cold a document is written before each query, so that nothing an earlier query found is still kept */
async function run(child: Child<Ready>, rounds: number, cold: boolean): Promise<Sample[]> {
  const { url, key } = child.ready;
  const samples: Sample[] = [];
  // One round unmeasured: the code is compiled and the pages are in memory.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { kind, faceted, search } of fixedQueries()) {
      if (cold) await child.ask({});
      const ms = await timed(() => ask(`${url}/api/v1/assets?${search}`, key));
      if (round > 0) samples.push({ kind, faceted, ms });
    }
  }
  return samples;
}

async function ask(address: string, key: string): Promise<void> {
  const response = await fetch(address, { headers: { Authorization: `Bearer ${key}` } });
  const body = (await response.json()) as { items?: unknown[] };
  if (!Array.isArray(body.items)) throw new Error(`${address} answered ${response.status}: ${JSON.stringify(body)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function percentile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

interface Facts extends Ready {
  readonly large: number;
  readonly rounds: number;
}

function result(cold: Sample[], small: Sample[], warm: Sample[], facts: Facts, quick: boolean): Result {
  const groups = [false, true].flatMap((faceted) => [...KINDS, 'all'].map((kind) => ({ kind, faceted })));
  const of = (samples: readonly Sample[], { kind, faceted }: { kind: string; faceted: boolean }) =>
    samples.filter((sample) => sample.faceted === faceted && (kind === 'all' || sample.kind === kind));
  const rows = groups.map((group) => {
    const [p95, p95Small] = [percentile(of(cold, group), 0.95), percentile(of(small, group), 0.95)];
    const label = `${group.kind}${group.faceted ? ', 5 facets' : ''}`;
    return [
      label,
      percentile(of(cold, group), 0.5),
      p95,
      percentile(of(cold, group), 1),
      percentile(of(warm, group), 0.95),
      p95Small,
      p95 / p95Small,
    ];
  });
  const plain = percentile(of(cold, { kind: 'all', faceted: false }), 0.95);
  const faceted = percentile(of(cold, { kind: 'all', faceted: true }), 0.95);
  const longest = percentile(cold, 1);
  const reached = plain < GOALS.plain && faceted < GOALS.faceted && longest < GOALS.longest;
  return {
    name: 'search',
    title: `Search: 200 fixed queries over ${facts.large.toLocaleString('en')} assets`,
    method:
      `GET /api/v1/assets, 50 a page, one after another from another process; ${facts.rounds} rounds after one unmeasured; milliseconds. ` +
      `Before each query a document is written, so that no earlier match is kept ("kept" is without that). Goals at 100,000: p95 < ${GOALS.plain} without facets, < ${GOALS.faceted} with, none > ${GOALS.longest}; ` +
      `here ${plain.toFixed(1)}, ${faceted.toFixed(1)}, ${longest.toFixed(1)}. ` +
      `Search columns loaded in ${facts.loadMs.toFixed(0)} ms, event loop held at most ${facts.blockedMs.toFixed(0)} ms.`,
    columns: ['ms', 'median', 'p95', 'max', 'p95 kept', `p95 at ${SMALL}`, 'ratio'],
    rows,
    versions: { postgres: facts.postgres },
    quick,
    data: {
      cold: cold.map(({ ms }) => Math.round(ms * 100) / 100),
      goals: GOALS,
      assets: facts.large,
      loadMs: facts.loadMs,
      seededMs: facts.seededMs,
    },
    verdict: quick ? null : reached ? 'reached' : 'missed',
  };
}
