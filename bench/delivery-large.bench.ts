import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Comparison, median, type Rhythm, type Verdict, verdict } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { startDamson } from './lib/damson.ts';
import { LARGE, type LargeKind, largePicture } from './lib/large-pictures.ts';
import type { Result } from './lib/report.ts';
import { ssim } from './lib/ssim.ts';

/** Cold derivatives of large originals, which the product makes from the mezzanine, against decoding the original each time. */

const GOALS: Record<LargeKind, number> = { png: 8, tiff: 8, heic: 5, psd: 5 };
const SAME = 0.98;
const PICTURES = 5;

const coding = (picture: Buffer): Promise<Buffer> => sharp(picture).webp({ quality: 80, effort: 4 }).toBuffer();

/** What nobody can save: the ms that the encoder takes for pixels that are there. */
async function encodingAlone(picture: Buffer): Promise<number> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const began = performance.now();
  await sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .webp({ quality: 80, effort: 4 })
    .toBuffer();
  return performance.now() - began;
}

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const alone = await startChild<object>('baselines/decode-large.ts');
  const damson = await startDamson();
  const rows: (string | number)[][] = [];
  const verdicts: (Verdict | 'did not run')[] = [];
  const data: Record<string, Comparison> = {};
  let [worst, coded, bare] = [1, 1, 1];
  const encoding: number[] = [];
  let pictures = 0;
  let width = 700;
  try {
    for (const [kind, goal] of Object.entries(GOALS) as [LargeKind, number][]) {
      const samples = { baseline: [] as number[], subject: [] as number[] };
      for (let picture = 0; picture < (quick ? 1 : PICTURES); picture++) {
        const made = await largePicture(kind, folder, picture);
        if (made === null) break;
        const file = made.path;
        const { delivery } = await damson.publish(`large-${picture}.${kind}`, await readFile(file), 300_000);
        // Each size only once: nothing is answered from memory.
        const cold = async (px: number, format = 'webp') => {
          const began = performance.now();
          const answer = await fetch(`${delivery}?tr=w-${px},f-${format},q-80`);
          const body = Buffer.from(await answer.arrayBuffer());
          if (answer.status !== 200) throw new Error(`${delivery} answered ${answer.status}`);
          return { ms: performance.now() - began, body };
        };
        for (let round = 0; round < Math.min(rounds, quick ? 1 : 3); round++) {
          samples.baseline.push((await alone.ask<{ rate: number }>({ file, kind, seconds: 0.1 })).rate);
          width += 1;
          samples.subject.push(1000 / (await cold(width)).ms);
        }
        worst = Math.min(worst, await ssim(made.reference, (await cold(800, 'png')).body));
        coded = Math.min(coded, await ssim(made.reference, (await cold(800)).body));
        bare = Math.min(bare, await ssim(made.reference, await coding(made.reference)));
        encoding.push(await encodingAlone(made.reference));
        pictures++;
        await rm(file);
      }
      if (samples.subject.length === 0) {
        rows.push([`${kind}: did not run`, '', '', 'heif-enc is missing (apt-get install libheif-examples)']);
        verdicts.push('did not run');
        continue;
      }
      const ratios = samples.subject.map((value, at) => value / (samples.baseline[at] ?? Number.NaN));
      const comparison = { ...samples, ratio: median(ratios), spread: 0 };
      // Pictures differ; what counts is whether any of them missed the goal.
      const said = quick
        ? verdict(comparison.ratio, 0, goal)
        : Math.min(...ratios) >= goal
          ? 'reached'
          : median(ratios) >= goal
            ? 'not decided'
            : 'missed';
      rows.push([
        kind,
        1000 / median(samples.baseline),
        1000 / median(samples.subject),
        `${comparison.ratio.toFixed(1)} x (least ${Math.min(...ratios).toFixed(1)}); goal ${goal}: ${said}`,
      ]);
      verdicts.push(said);
      data[kind] = comparison;
    }
    rows.push(['of that encoding alone', median(encoding), median(encoding), 'the same work in both']);
    rows.push([`worst SSIM of ${pictures} pictures`, '', '', `${worst.toFixed(4)}; goal ${SAME}: ${worst >= SAME ? 'reached' : 'missed'}`]);
    rows.push(['the same as WebP', '', '', `${coded.toFixed(4)}; of the reference itself, encoded: ${bare.toFixed(4)}`]);
    verdicts.push(worst >= SAME ? 'reached' : 'missed');
    const over = (['missed', 'not decided', 'did not run'] as const).find((each) => verdicts.includes(each));
    return {
      name: 'delivery-large',
      title: 'Cold derivatives of large originals',
      method:
        `${LARGE.width}x${LARGE.height} pictures to about 800 px WebP q 80, one request at a time, each size asked once; baseline: the same decoder and sharp from the original, in one process that ` +
        'is warm; subject: the whole product with what ingest prepared. SSIM against sharp from the original, both as PNG of 800 px: what the prepared pictures cost; as WebP it is mostly what the encoder costs (printed: of the answer, and of the reference itself once encoded).',
      columns: ['', 'from the original, ms', 'damson, ms', ''],
      rows,
      versions: { sharp: sharp.versions.sharp ?? '', libvips: sharp.versions.vips },
      quick,
      data: { ...data, worst },
      verdict: quick ? null : over === undefined ? 'reached' : over === 'did not run' ? 'not decided' : over,
    };
  } finally {
    await alone.close();
    await damson.close();
    await rm(folder, { recursive: true, force: true });
  }
}
