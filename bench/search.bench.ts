import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { migrations } from '../migrations/index.ts';
import { type Ctx, systemContext } from '../src/context.ts';
import { startEmbedded } from '../src/platform/database/embedded.ts';
import { createDatabase } from '../src/platform/database/external.ts';
import { newId } from '../src/platform/database/uuid.ts';
import type { Database } from '../src/platform/database/database.ts';
import { silentLog } from '../src/platform/log.ts';
import { createPostgresSearch, type PostgresSearch } from '../src/platform/search/postgres.ts';
import type { Rhythm } from './lib/alternate.ts';
import type { Result } from './lib/report.ts';
import { type Corpus, makeCorpus } from './search/corpus.ts';
import { fixedQueries, KINDS } from './search/queries.ts';

/** 200 fixed queries over 100,000 documents, and the same over 1,000. */

const LARGE = 100_000;
const SMALL = 1000;
const GOALS = { plain: 50, faceted: 150, longest: 500 };

interface Sample {
  readonly kind: string;
  readonly faceted: boolean;
  readonly ms: number;
}

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const large = quick ? LARGE / 5 : LARGE;
  const dataDir = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const server = await startEmbedded({ dataDir, log: silentLog });
  const database = await createDatabase({ url: server.url, entities: [], migrations, log: silentLog, engine: 'embedded' });
  const engine = createPostgresSearch({ ...adapters(database), log: silentLog });
  try {
    await database.migrate();
    const corpus = makeCorpus(1);
    const library = systemContext(newId());
    const few = systemContext(newId());
    const seeded = await timed(() =>
      seed(database, engine, corpus, [
        [library, large],
        [few, SMALL],
      ]),
    );
    const loading = await load(engine, library);
    const cold = { large: await run(engine, corpus, library, rounds, true), small: await run(engine, corpus, few, rounds, true) };
    const warm = await run(engine, corpus, library, rounds, false);
    return result(cold.large, cold.small, warm, { large, rounds, seeded, ...loading, ...(await database.describe()) }, quick);
  } finally {
    await engine.close();
    await database.close();
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function adapters({ sql, transactions, notifications }: Database): Pick<Database, 'sql' | 'transactions' | 'notifications'> {
  return { sql, transactions, notifications };
}

/** The text index is built after the rows, as a restore does it: filling it row by row takes three times as long. */
async function seed(database: Database, engine: PostgresSearch, corpus: Corpus, sets: [Ctx, number][]): Promise<void> {
  await database.sql.query({}, 'drop index search_text_tsv_idx');
  for (const [ctx, count] of sets) {
    for (let at = 0; at < count; at += 2000) {
      await engine.index(
        ctx,
        Array.from({ length: Math.min(2000, count - at) }, (_, n) => corpus.document(at + n)),
      );
    }
  }
  await database.sql.query({}, 'create index search_text_tsv_idx on search_text using gin (tsv) with (fastupdate = off)');
  for (const table of ['search_document', 'search_text', 'lexicon']) await database.sql.query({}, `vacuum analyze ${table}`);
}

async function load(engine: PostgresSearch, ctx: Ctx): Promise<{ loadMs: number; blockedMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const loadMs = await timed(() => engine.warm(ctx));
  delay.disable();
  return { loadMs, blockedMs: delay.max / 1e6 };
}

/** @param cold a document is written before each query, so that nothing an earlier query found is still kept */
async function run(engine: PostgresSearch, corpus: Corpus, ctx: Ctx, rounds: number, cold: boolean): Promise<Sample[]> {
  const queries = fixedQueries(corpus.folders);
  const samples: Sample[] = [];
  let version = 1_000_000 * Date.now();
  // One round unmeasured: the code is compiled and the pages are in memory.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { kind, faceted, query } of queries) {
      if (cold) {
        version += 1;
        await engine.index(ctx, [{ ...corpus.document(0), version }]);
        await engine.warm(ctx);
      }
      const ms = await timed(() => engine.search(ctx, query));
      if (round > 0) samples.push({ kind, faceted, ms });
    }
  }
  return samples;
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

interface Facts {
  readonly large: number;
  readonly rounds: number;
  readonly seeded: number;
  readonly loadMs: number;
  readonly blockedMs: number;
  readonly version: string;
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
    title: `Search: 200 fixed queries over ${facts.large.toLocaleString('en')} documents`,
    method:
      `Engine level, ${facts.rounds} rounds after one unmeasured; milliseconds. Before each cold query a document is written, so no earlier match is kept; ` +
      `every third actor sees a quarter of the folders. Goals at 100,000: p95 < ${GOALS.plain} without facets, < ${GOALS.faceted} with, none > ${GOALS.longest}; ` +
      `here ${plain.toFixed(1)}, ${faceted.toFixed(1)}, ${longest.toFixed(1)}. Indexing ${(facts.large / facts.seeded).toFixed(1)} documents/ms; ` +
      `columns loaded in ${facts.loadMs.toFixed(0)} ms, event loop held at most ${facts.blockedMs.toFixed(0)} ms.`,
    columns: ['ms', 'median', 'p95', 'max', 'p95 kept', `p95 at ${SMALL}`, 'ratio'],
    rows,
    versions: { postgres: facts.version },
    quick,
    data: { cold: cold.map(({ ms }) => Math.round(ms * 100) / 100), goals: GOALS, facts },
    verdict: quick ? null : reached ? 'reached' : 'missed',
  };
}
