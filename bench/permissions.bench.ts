import type { Rhythm } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import type { Result } from './lib/report.ts';

/** The list of 50 under permissions, and what a first and a changed grant cost, over HTTP with 1,000,000 assets in 10,000 folders. */

const ASSETS = 1_000_000;
const REQUESTS = 100;
const WARM_UP = 20;
const GOAL_MS = 30;

const ACTORS = {
  none: 'without permissions (administrator)',
  all: 'who sees 100 %',
  third: 'who sees 30 %',
  hundredth: 'who sees 1 %',
  few: 'who sees 0.01 %, old and contiguous',
} as const;
type Name = keyof typeof ACTORS;

interface Ready {
  readonly url: string;
  readonly actors: Readonly<Record<Name, string>>;
  readonly large: string;
  readonly viewer: string;
  readonly seededMs: number;
  readonly postgres: string;
}

interface Listed {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
  readonly total: { readonly value: number; readonly relation: string };
}

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const assets = quick ? ASSETS / 10 : ASSETS;
  const child = await startChild<Ready>('subjects/permissions.ts', [String(assets)]);
  try {
    const names = Object.keys(ACTORS) as Name[];
    const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
    const totals = {} as Record<Name, string>;
    for (let round = 0; round < rounds; round++) {
      for (const name of names) {
        const { ms, total } = await lists(child.ready, name);
        samples[name].push(...ms);
        totals[name] = total;
      }
    }
    return result({ samples, totals, assets, rounds, ...(await grants(child.ready)), ...child.ready }, quick);
  } finally {
    await child.close();
  }
}

/** The first page and the one after it in turn, one request after another. */
async function lists({ url, actors }: Ready, name: Name): Promise<{ ms: number[]; total: string }> {
  const ms: number[] = [];
  let cursor: string | null = null;
  let total = '';
  for (let at = 0; at < WARM_UP + REQUESTS; at++) {
    const start = performance.now();
    const answer = await call(url, actors[name], 'GET', `/assets?limit=50${cursor === null ? '' : `&cursor=${cursor}`}`);
    const page = answer as unknown as Listed;
    const took = performance.now() - start;
    if (page.items.length !== 50) throw new Error(`${ACTORS[name]} got ${page.items.length} of 50`);
    if (at >= WARM_UP) ms.push(took);
    total = `${page.total.relation === 'gte' ? '≥ ' : ''}${page.total.value}`;
    cursor = at % 2 === 0 ? page.nextCursor : null;
  }
  return { ms, total };
}

/** A first grant on the folder with a tenth of all assets, then a change of it: how long each takes, and the list that follows. */
async function grants({ url, actors, large, viewer }: Ready): Promise<{ firstMs: number; changedMs: number; afterMs: number }> {
  const principal = { kind: 'user', id: viewer };
  const [made, firstMs] = await timed(() =>
    call(url, actors.none, 'POST', `/folders/${large}/grants`, { principal, verbs: ['list'], effect: 'deny' }),
  );
  const [hidden, afterMs] = await timed(() => call(url, actors.all, 'GET', `/assets?limit=50&folder=${large}`));
  if ((hidden['items'] as unknown[]).length > 0) throw new Error('what was denied a moment ago is still listed');
  const id = (made['items'] as { id: string }[])[0]?.id ?? '';
  const [, changedMs] = await timed(() => call(url, actors.none, 'PATCH', `/folders/${large}/grants/${id}`, { verbs: ['original'] }));
  const shown = await call(url, actors.all, 'GET', `/assets?limit=50&folder=${large}`);
  if ((shown['items'] as unknown[]).length !== 50) throw new Error('what is allowed again is not listed');
  return { firstMs, changedMs, afterMs };
}

async function call(url: string, cookie: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { Cookie: cookie, Origin: url, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const done = await work();
  return [done, performance.now() - start];
}

function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

interface Facts extends Ready {
  readonly samples: Readonly<Record<Name, readonly number[]>>;
  readonly totals: Readonly<Record<Name, string>>;
  readonly assets: number;
  readonly rounds: number;
  readonly firstMs: number;
  readonly changedMs: number;
  readonly afterMs: number;
}

function result(facts: Facts, quick: boolean): Result {
  const names = Object.keys(ACTORS) as Name[];
  const p95 = (name: Name) => percentile(facts.samples[name], 0.95);
  const reached = names.every((name) => name === 'none' || p95(name) < GOAL_MS);
  return {
    name: 'permissions',
    title: `Lists of 50 under permissions: ${facts.assets.toLocaleString('en')} assets, 10,000 folders, 1,000 grants`,
    method:
      `GET /api/v1/assets?limit=50 and the page after it, one after another from another process with a session; ${facts.rounds} rounds of ${REQUESTS} after ${WARM_UP} unmeasured ` +
      `for each in turn; milliseconds. Goal: p95 < ${GOAL_MS} for each. A first grant on a folder with a tenth of all assets took ${facts.firstMs.toFixed(0)} ms over HTTP, ` +
      `a change of it ${facts.changedMs.toFixed(0)} ms; the list asked for right after it obeyed (${facts.afterMs.toFixed(0)} ms). No asset and no search document is touched. Seeded in ${(facts.seededMs / 1000).toFixed(0)} s.`,
    columns: ['actor', 'median', 'p95', 'max', 'total told'],
    rows: names.map((name) => [
      ACTORS[name],
      percentile(facts.samples[name], 0.5),
      p95(name),
      percentile(facts.samples[name], 1),
      facts.totals[name],
    ]),
    versions: { postgres: facts.postgres },
    quick,
    data: { samples: facts.samples, goal: GOAL_MS, assets: facts.assets },
    verdict: quick ? null : reached ? 'reached' : 'missed',
  };
}
