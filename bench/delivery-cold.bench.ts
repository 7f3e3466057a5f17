import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { alternate, type Rhythm } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { startDamson } from './lib/damson.ts';
import { eachOnce } from './lib/each-once.ts';
import { photograph } from './lib/pictures.ts';
import { compared, type Result } from './lib/report.ts';

/** Derivatives nobody has asked for yet, by the whole product, against a plain sharp loop that stores as durably. */

const RECIPE = 'w-720,h-588,c-force,f-webp,q-80';
/** More than a machine of this kind makes; the bench says so when they run out. */
const PER_SECOND_AND_CORE = 40;

export async function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  const cores = availableParallelism();
  const concurrency = 2 * cores;
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const damson = await startDamson();
  const jpeg = await photograph(2725, 2225);
  const file = join(folder, 'photo.jpg');
  await writeFile(file, jpeg);
  const loop = await startChild<object>('baselines/sharp-loop.ts', [file, folder, String(concurrency)]);
  try {
    const { id } = await damson.publish('photo.jpg', jpeg);
    const times = rhythm.rounds * (rhythm.warmUp + rhythm.seconds) * PER_SECOND_AND_CORE * cores;
    const { ids } = await damson.child.ask<{ ids: string[] }>({ clone: id, times });
    const client = eachOnce(
      damson.url,
      ids.map((each) => `/cdn/@${each}/photo.jpg?tr=${RECIPE}`),
      concurrency,
    );
    const baseline = async (seconds: number) => (await loop.ask<{ rate: number }>({ seconds })).rate;
    const comparison = await alternate(baseline, client.turn, rhythm);
    client.close();
    const method = `2725x2225 JPEG (${jpeg.length} bytes) to 720x588 WebP q 80 effort 4, ${concurrency} at a time; baseline: sharp in a loop, each result fsynced; subject: the whole product, each request for another asset. Both finish what they began and count it.`;
    const versions = { sharp: sharp.versions.sharp, libvips: sharp.versions.vips };
    return compared({ name: 'delivery-cold', title: 'Cold derivative', method, versions, quick }, comparison, 0.9, 'pictures/s');
  } finally {
    await loop.close();
    await damson.close();
    await rm(folder, { recursive: true, force: true });
  }
}
