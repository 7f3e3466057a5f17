import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { alternate, type Rhythm } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { startDamson } from './lib/damson.ts';
import { photograph } from './lib/pictures.ts';
import { compared, type Result } from './lib/report.ts';
import { wrk, wrkVersion } from './lib/wrk.ts';

/** Derivatives nobody has asked for yet, by the whole product, against a plain sharp loop that stores as durably. */

const SCRIPT = fileURLToPath(new URL('./lib/each-once.lua', import.meta.url));
const RECIPE = 'w-720,h-588,c-force,f-webp,q-80';
/** Far more than any machine makes in one turn; unused ones carry over to none. */
const PER_SECOND = 60;

export async function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  const version = await wrkVersion();
  if (version === null) throw new Error('wrk is not installed (apt install wrk)');
  const concurrency = 2 * availableParallelism();
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const damson = await startDamson();
  const jpeg = await photograph(2725, 2225);
  const file = join(folder, 'photo.jpg');
  await writeFile(file, jpeg);
  const loop = await startChild<object>('baselines/sharp-loop.ts', [file, folder, String(concurrency)]);
  try {
    const { id } = await damson.publish('photo.jpg', jpeg);
    let turns = 0;
    const subject = async (seconds: number) => {
      const { ids } = await damson.child.ask<{ ids: string[] }>({ clone: id, times: seconds * PER_SECOND });
      const paths = join(folder, `paths-${turns++}.txt`);
      await writeFile(paths, ids.map((each) => `/cdn/@${each}/photo.jpg?tr=${RECIPE}\n`).join(''));
      const load = { url: damson.url, threads: 1, connections: concurrency, seconds, script: SCRIPT, args: [paths] };
      return (await wrk(load)).requestsPerSecond;
    };
    const baseline = async (seconds: number) => (await loop.ask<{ rate: number }>({ seconds })).rate;
    const comparison = await alternate(baseline, subject, rhythm);
    const method = `2725x2225 JPEG (${jpeg.length} bytes) to 720x588 WebP q 80 effort 4, ${concurrency} at a time; baseline: sharp in a loop, each result fsynced; subject: the whole product, each request for another asset.`;
    const versions = { wrk: version, sharp: sharp.versions.sharp, libvips: sharp.versions.vips };
    return compared({ name: 'delivery-cold', title: 'Cold derivative', method, versions, quick }, comparison, 0.9, 'pictures/s');
  } finally {
    await loop.close();
    await damson.close();
    await rm(folder, { recursive: true, force: true });
  }
}
