import { median, type Rhythm, type Verdict } from './lib/alternate.ts';
import { bursts, percentile } from './lib/burst.ts';
import { photograph } from './lib/pictures.ts';
import { apiOf, publish } from './lib/publish.ts';
import { rendered, untilQuiet } from './lib/rendered.ts';
import type { Result } from './lib/report.ts';
import { type Server, startServer } from './lib/server.ts';
import { startTwoServers } from './lib/two-servers.ts';

/** Many equal requests at once for a derivative nobody has asked for yet, to one process and to two on one installation. */

const AT_ONCE = 200;
const GOAL = 1.5;
const HEADERS = { Accept: 'image/webp,*/*' };
/** Recipes of the same work: a pixel more or less of 720. */
const FIRST_WIDTH = 720;

interface Measured {
  readonly single: readonly number[];
  readonly p99: readonly number[];
  /** p99 of the same burst again, when the derivative is in memory: what so many requests cost client and server by themselves. */
  readonly hot: readonly number[];
  /** Transformations made for each burst, all processes together. */
  readonly made: readonly number[];
  /** p99 of a round over the mean of the single requests before and after it. */
  readonly ratios: readonly number[];
}

async function measure(servers: readonly Server[], jpeg: Buffer, rounds: number): Promise<Measured> {
  const [first] = servers;
  if (!first) throw new Error('there is no server');
  const { delivery } = await publish(apiOf(first.url, first.key), 'photo.jpg', jpeg);
  const path = new URL(delivery).pathname;
  const urls = servers.map((server) => server.url);
  const client = bursts(HEADERS);
  let width = FIRST_WIDTH;
  const fresh = () => `${path}?tr=w-${width++},h-588,c-force,f-webp,q-80`;
  /** Equal requests, in turns to each process. @returns their times, ms */
  const ask = async (count: number, recipe = fresh()): Promise<number[]> => {
    const answers = await client.send(Array.from({ length: count }, (_, at) => `${urls[at % urls.length]}${recipe}`));
    const bad = answers.find((answer) => answer.status !== 200);
    if (bad) throw new Error(`${recipe} answered ${bad.status}`);
    if (new Set(answers.map((answer) => answer.digest)).size !== 1) throw new Error(`${recipe} answered different bytes`);
    return answers.map((answer) => answer.ms);
  };
  const samples = { single: [] as number[], p99: [] as number[], hot: [] as number[], made: [] as number[], ratios: [] as number[] };
  try {
    // Connections, and code that has run before: neither side has them the first time.
    for (let round = 0; round < 3; round++) for (const count of [AT_ONCE, 1]) await ask(count);
    await untilQuiet(urls);
    const single = async () => (await ask(1))[0] ?? Number.NaN;
    for (let round = 0; round < rounds; round++) {
      const alone = [await single()];
      const before = await rendered(urls);
      const recipe = fresh();
      const p99 = percentile(await ask(AT_ONCE, recipe), 0.99);
      samples.made.push((await rendered(urls)) - before);
      samples.hot.push(percentile(await ask(AT_ONCE, recipe), 0.99));
      alone.push(await single());
      samples.p99.push(p99);
      samples.single.push(...alone);
      samples.ratios.push(p99 / (alone.reduce((sum, ms) => sum + ms, 0) / alone.length));
    }
    return samples;
  } finally {
    client.close();
  }
}

async function onTwo(jpeg: Buffer, rounds: number): Promise<Measured & { versions: Readonly<Record<string, string>> }> {
  const { servers, versions, close } = await startTwoServers();
  try {
    return { ...(await measure(servers, jpeg, rounds)), versions };
  } finally {
    await close();
  }
}

async function onOne(jpeg: Buffer, rounds: number): Promise<Measured> {
  const server = await startServer();
  try {
    return await measure([server], jpeg, rounds);
  } finally {
    await server.close();
  }
}

/**
 * Bounds of the median's 95 % interval by order statistics (binomial, no assumption about the spread): a p99 has outliers by its nature, which half
 * the range would take for doubt about the usual burst.
 */
function medianWithin(values: readonly number[]): readonly [low: number, high: number] {
  const sorted = [...values].sort((a, b) => a - b);
  let tail = 0.5 ** sorted.length;
  let term = tail;
  let rank = 0;
  for (let k = 1; k < sorted.length / 2; k++) {
    term *= (sorted.length - k + 1) / k;
    if (tail + term > 0.025) break;
    tail += term;
    rank = k;
  }
  return [sorted[rank] ?? Number.NaN, sorted[sorted.length - 1 - rank] ?? Number.NaN];
}

function judge({ made, ratios }: Measured): { said: Verdict; ratio: number; low: number; high: number } {
  const [low, high] = medianWithin(ratios);
  const said = made.some((count) => count !== 1) || low >= GOAL ? 'missed' : high < GOAL ? 'reached' : 'not decided';
  return { said, ratio: median(ratios), low, high };
}

export async function bench({ rounds: turns }: Rhythm, quick: boolean): Promise<Result> {
  const rounds = quick ? 6 : turns * 8;
  const jpeg = await photograph(2725, 2225);
  const one = await onOne(jpeg, rounds);
  const two = await onTwo(jpeg, rounds);
  const rows: (string | number)[][] = [];
  const verdicts: Verdict[] = [];
  for (const [name, measured] of [['one process', one] as const, ['two processes', two] as const]) {
    const { said, ratio, low, high } = judge(measured);
    verdicts.push(said);
    const list = (values: readonly number[]) => values.map((ms) => ms.toFixed(0)).join('  ');
    const worst = Math.max(...measured.ratios).toFixed(2);
    rows.push([`${name}: one request, ms`, median(measured.single), list(measured.single)]);
    rows.push([`${name}: p99 of ${AT_ONCE} at once, ms`, median(measured.p99), list(measured.p99)]);
    rows.push([`${name}: the same once more, hot, p99, ms`, median(measured.hot), list(measured.hot)]);
    rows.push([
      `${name}: ratio`,
      ratio,
      `95 % of the median ${low.toFixed(2)} to ${high.toFixed(2)}; worst round ${worst}; goal below ${GOAL}: ${said}`,
    ]);
    rows.push([`${name}: transformations per burst`, Math.max(...measured.made), `${measured.made.join('  ')}; goal exactly 1`]);
  }
  return {
    name: 'delivery-burst',
    title: `${AT_ONCE} equal cold requests at once`,
    method:
      `2725x2225 JPEG (${jpeg.length} bytes) to about 720x588 WebP q 80, ${rounds} rounds with a fresh recipe each, before and after each one request for another recipe ` +
      `of the same work. Times from the sending of the first request to the last byte of a body, over open connections (bare sockets: answers are read afterwards); client and servers share the machine. Every answer was 200 with the ` +
      'same bytes. Transformations by the count of `damson_render_duration_seconds`, all processes together. One process: embedded database and local disk; two: each web and worker, ' +
      'on one PostgreSQL and one S3 store (Versity Gateway), asked in turns. The ratio is the median over the rounds, decided by its 95 % interval.',
    columns: ['', 'median', 'samples'],
    rows,
    versions: two.versions,
    quick,
    data: { one, two, goal: GOAL },
    verdict: (['missed', 'not decided'] as const).find((each) => verdicts.includes(each)) ?? 'reached',
  };
}
