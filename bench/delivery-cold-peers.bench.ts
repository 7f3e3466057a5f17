import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { alternate, type Comparison, median, type Rhythm, type Verdict, verdict } from './lib/alternate.ts';
import { type ColdFormat, type ColdPeer, startImgproxy, startIpx } from './lib/cold-peers.ts';
import { type Damson, startDamson } from './lib/damson.ts';
import { eachOnce } from './lib/each-once.ts';
import { equal, type Made, made, SAME, tune } from './lib/equal-effort.ts';
import { photograph } from './lib/pictures.ts';
import type { Result } from './lib/report.ts';

/** Derivatives nobody has asked for yet, against servers that make theirs at each request: at equal size and likeness, then as each comes. */

const PEERS = { IPX: { start: startIpx, goal: 1 }, imgproxy: { start: startImgproxy, goal: 0.9 } } as const;
const FORMATS: readonly ColdFormat[] = ['jpg', 'webp'];
const QUALITY = 80;
/** More than a machine of this kind makes; the bench says so when they run out. */
const PER_SECOND_AND_CORE = 40;
const CORES = availableParallelism();
const CONCURRENCY = 2 * CORES;

interface Setup {
  readonly damson: Damson;
  readonly id: string;
  readonly reference: Buffer;
  readonly rhythm: Rhythm;
}

interface Side {
  readonly path: string;
  readonly made: Made;
}

/** Rates in turns: ours for a fresh asset at each request, theirs for the same address, which they make anew. */
async function rates({ damson, id, rhythm }: Setup, recipe: string, peer: ColdPeer, path: string): Promise<Comparison> {
  const times = rhythm.rounds * (rhythm.warmUp + rhythm.seconds) * PER_SECOND_AND_CORE * CORES;
  const { ids } = await damson.child.ask<{ ids: string[] }>({ clone: id, times });
  const own = eachOnce(
    damson.url,
    ids.map((each) => `/cdn/@${each}/photo.jpg?tr=${recipe}`),
    CONCURRENCY,
  );
  const theirs = eachOnce(
    peer.url,
    Array.from({ length: times }, () => path),
    CONCURRENCY,
  );
  try {
    return await alternate(theirs.turn, own.turn, rhythm);
  } finally {
    own.close();
    theirs.close();
  }
}

function row(label: string, comparison: Comparison, own: Side, theirs: Side, said: string): (string | number)[] {
  const side = ({ path, made: { bytes, ssim } }: Side) => `${path}: ${bytes} bytes, SSIM ${ssim.toFixed(4)}`;
  const { baseline, subject, ratio, spread } = comparison;
  return [label, median(baseline), median(subject), `${ratio.toFixed(3)} ± ${spread.toFixed(3)}; ${said}`, side(theirs), side(own)];
}

async function against(setup: Setup, peer: ColdPeer, goal: number, rows: (string | number)[][]): Promise<{ said: Verdict; data: object }> {
  const verdicts: Verdict[] = [];
  const data: Record<string, Comparison> = {};
  const judged = (url: string) => made(url, setup.reference);
  const own = async (recipe: string): Promise<Side> => ({
    path: recipe,
    made: await judged(`${setup.damson.url}/cdn/@${setup.id}/photo.jpg?tr=${recipe}`),
  });
  for (const format of FORMATS) {
    const ours = await own(`w-720,f-${format},q-${QUALITY}`);
    const tuned = await tune((quality) => judged(peer.url + peer.path(format, quality)), ours.made);
    const path = peer.path(format, tuned.quality);
    const comparison = await rates(setup, ours.path, peer, path);
    const alike = equal(tuned.made, ours.made);
    const said = alike ? verdict(comparison.ratio, comparison.spread, goal) : 'not decided';
    const why = alike ? '' : ` (sizes not within ${SAME.size * 100} %, or SSIM not within ${SAME.ssim})`;
    rows.push(row(`${peer.name}, ${format}, equal effort`, comparison, ours, { path, made: tuned.made }, `goal ${goal}: ${said}${why}`));
    verdicts.push(said);
    data[`${format} equal`] = comparison;

    const plain = await own(`w-720,f-${format}`);
    const theirPath = peer.path(format, null);
    const theirs = { path: theirPath, made: await judged(peer.url + theirPath) };
    const second = await rates(setup, plain.path, peer, theirPath);
    rows.push(row(`${peer.name}, ${format}, defaults`, second, plain, theirs, 'no goal'));
    data[`${format} defaults`] = second;
  }
  return { said: (['missed', 'not decided'] as const).find((each) => verdicts.includes(each)) ?? 'reached', data };
}

export async function bench(given: Rhythm, quick: boolean): Promise<Result> {
  // Four comparisons for each peer.
  const rhythm = quick ? given : { ...given, seconds: 4, warmUp: 1 };
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const jpeg = await photograph(2725, 2225);
  const file = join(folder, 'photo.jpg');
  await writeFile(file, jpeg);
  const reference = await sharp(await sharp(jpeg).png({ compressionLevel: 1 }).toBuffer())
    .resize(720)
    .png()
    .toBuffer();
  const damson = await startDamson();
  const rows: (string | number)[][] = [];
  const verdicts: Verdict[] = [];
  const data: Record<string, object> = {};
  let versions: Record<string, string> = { sharp: sharp.versions.sharp ?? '', libvips: sharp.versions.vips };
  try {
    const { id } = await damson.publish('photo.jpg', jpeg);
    for (const [name, { start, goal }] of Object.entries(PEERS)) {
      const peer = await start(file);
      if ('why' in peer) {
        rows.push([`${name}: did not run`, '', '', peer.why, '', '']);
        verdicts.push('not decided');
        continue;
      }
      try {
        const outcome = await against({ damson, id, reference, rhythm }, peer, goal, rows);
        verdicts.push(outcome.said);
        data[name] = outcome.data;
        versions = { ...versions, ...peer.versions };
      } finally {
        await peer.close();
      }
    }
  } finally {
    await damson.close();
    await rm(folder, { recursive: true, force: true });
  }
  return {
    name: 'delivery-cold-peers',
    title: 'Cold derivative, against other servers',
    method:
      `2725x2225 JPEG (${jpeg.length} bytes) to 720 px, ${CONCURRENCY} at a time. Equal effort: ours at quality ${QUALITY}, theirs at the whole quality whose size comes nearest; it counts when sizes are within ` +
      `${SAME.size * 100} % and SSIM (against sharp from the original) within ${SAME.ssim}. Theirs is asked the same address again and makes it again; ours is asked for another asset each time, stores what it made durably and looks up who may see it.`,
    columns: ['', 'theirs, pictures/s', 'damson, pictures/s', 'ratio', 'theirs', 'damson'],
    rows,
    versions,
    quick,
    data,
    verdict: (['missed', 'not decided'] as const).find((each) => verdicts.includes(each)) ?? 'reached',
  };
}
