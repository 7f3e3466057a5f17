import type { Rhythm } from './lib/alternate.ts';
import { type Child, startChild } from './lib/child.ts';
import type { Result } from './lib/report.ts';
import { KINDS } from './search/queries.ts';

/** Search on Meilisearch against a bare query of it, and how soon a change is found. Needs a server: MEILI_URL, MEILI_MASTER_KEY. */

const ASSETS = 100_000;
const GOALS = { ratio: 1.5, lagMs: 2000 };
const RATE = 50;

interface Ready {
  readonly damsonMs: number;
  readonly bareMs: number;
  readonly version: string;
  readonly postgres: string;
}

interface Sample {
  readonly kind: string;
  readonly damson: number;
  readonly bare: number;
  readonly bareUnfiltered: number;
}

export async function bench({ rounds, seconds }: Rhythm, quick: boolean): Promise<Result> {
  const assets = quick ? ASSETS / 10 : ASSETS;
  const child = await startChild<Ready>('subjects/search-meili.ts', [String(assets)]);
  try {
    const samples: Sample[] = [];
    // One round unmeasured: the code is compiled and the pages are in memory.
    for (let round = 0; round <= rounds; round += 1) {
      const { samples: more } = await child.ask<{ samples: Sample[] }>({ do: 'search' });
      if (round > 0) samples.push(...more);
    }
    const { lags } = await child.ask<{ lags: number[] }>({ do: 'lag', rate: RATE, seconds: seconds * 6 });
    return result(samples, lags, child, assets, rounds, quick);
  } finally {
    await child.close();
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function result(samples: Sample[], lags: number[], { ready }: Child<Ready>, assets: number, rounds: number, quick: boolean): Result {
  const rows = [...KINDS, 'all'].map((kind) => {
    const own = samples.filter((sample) => kind === 'all' || sample.kind === kind);
    const of = (pick: (sample: Sample) => number, share: number) => percentile(own.map(pick), share);
    const [ours, bare, open] = [
      of(({ damson }) => damson, 0.95),
      of(({ bare: ms }) => ms, 0.95),
      of(({ bareUnfiltered }) => bareUnfiltered, 0.95),
    ];
    return [kind, of(({ damson }) => damson, 0.5), of(({ bare: ms }) => ms, 0.5), ours, bare, open, ours / bare];
  });
  const ratio = Number(rows.at(-1)?.at(-1));
  const lag = { p50: percentile(lags, 0.5), p99: percentile(lags, 0.99), longest: percentile(lags, 1) };
  const reached = ratio <= GOALS.ratio && lag.p99 < GOALS.lagMs;
  return {
    name: 'search-meili',
    title: `Search on Meilisearch: queries with 5 facets over ${assets.toLocaleString('en')} assets`,
    method:
      `The engine in the process that asks, 50 a page, 1,000 visible folders in the filter, against a bare query with the same words, filters and facets on an index of plain ` +
      `documents with default settings on the same server ("bare, all folders" is without the folder filter); in turns, ${rounds} rounds after one unmeasured; milliseconds. Goal: p95 of all <= ${GOALS.ratio} x bare; here ${ratio.toFixed(2)}. ` +
      `Lag from the commit (asset and outbox row) to the index under ${RATE} changes/s, ${lags.length} changes: p50 ${lag.p50.toFixed(0)} ms, p99 ${lag.p99.toFixed(0)} ms, longest ${lag.longest.toFixed(0)} ms; goal p99 < ${GOALS.lagMs} ms. ` +
      `Filled in ${(ready.damsonMs / 1000).toFixed(0)} s (bare index: ${(ready.bareMs / 1000).toFixed(0)} s).`,
    columns: ['ms', 'median', 'bare median', 'p95', 'bare p95', 'bare p95, all folders', 'ratio of p95'],
    rows,
    versions: { meilisearch: ready.version, postgres: ready.postgres },
    quick,
    data: {
      goals: GOALS,
      assets,
      lag,
      lags: lags.map(Math.round),
      samples: samples.map(({ damson, bare }) => [Math.round(damson * 100) / 100, Math.round(bare * 100) / 100]),
    },
    verdict: quick ? null : reached ? 'reached' : 'missed',
  };
}
