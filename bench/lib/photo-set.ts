import { existsSync } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** JPEGs as cameras write them, 1-2 MB each, no two alike: made once from a seed and kept in `bench/.work/`. */

/** Ingested before what is timed. */
export const WARM_UP = 8;

const FOLDER = fileURLToPath(new URL('../.work/photos-2/', import.meta.url));
const LEAST = 1_000_000;
const MOST = 2_000_000;
const CLOSE = 60_000;
/** What cameras and phones deliver; the last is over 12 megapixels and gets a mezzanine: one in twenty. */
const SIZES = [
  [2400, 1600],
  [3000, 2000],
  [2000, 3000],
  [3264, 2448],
] as const;
const LARGE = [4608, 3456] as const;
const CAMERAS = [
  ['Canon', 'Canon EOS R6'],
  ['NIKON CORPORATION', 'NIKON Z 6_2'],
  ['SONY', 'ILCE-7M4'],
  ['Apple', 'iPhone 15'],
] as const;

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Gradients, waves and grain at a third of the size; scaled up it has the detail of a photograph. */
async function scene(width: number, height: number, next: () => number): Promise<Buffer> {
  const small = { width: Math.ceil(width / 3), height: Math.ceil(height / 3), channels: 3 as const };
  const pixels = Buffer.alloc(small.width * small.height * 3);
  const [fx, fy, shift, grain] = [4 + 10 * next(), 4 + 10 * next(), 6 * next(), 30 + 20 * next()];
  const tint = [60 + 120 * next(), 60 + 120 * next(), 60 + 120 * next()];
  let at = 0;
  for (let y = 0; y < small.height; y++) {
    const down = y / small.height;
    for (let x = 0; x < small.width; x++) {
      const wave = 55 * Math.sin((fx * x) / small.width + shift + 3 * down) * Math.cos(fy * down + shift);
      const noise = (next() - 0.5) * grain;
      for (let channel = 0; channel < 3; channel++) {
        pixels[at++] = Math.max(0, Math.min(255, (tint[channel] ?? 0) + wave + noise + 40 * (down - 0.5)));
      }
    }
  }
  return sharp(pixels, { raw: small }).resize(width, height, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
}

async function photo(number: number): Promise<Buffer> {
  const next = random(number + 1);
  const [width, height] = number % 20 === 19 ? LARGE : (SIZES[number % SIZES.length] ?? SIZES[0]);
  const raw = await scene(width, height, next);
  const [make, model] = CAMERAS[number % CAMERAS.length] ?? CAMERAS[0];
  const taken = new Date(Date.UTC(2024, 0, 1) + number * 8_765_000).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':');
  const exif = {
    IFD0: { Make: make, Model: model, Software: 'Damson bench', Artist: `Person ${number % 7}`, ImageDescription: `Picture ${number}` },
    IFD2: {
      DateTimeOriginal: taken,
      ISOSpeedRatings: String(100 << (number % 5)),
      FNumber: '28/10',
      ExposureTime: '1/250',
      FocalLength: '35/1',
    },
    IFD3: {
      GPSLatitudeRef: 'N',
      GPSLatitude: `${number % 60}/1 30/1 0/1`,
      GPSLongitudeRef: 'E',
      GPSLongitude: `${number % 90}/1 15/1 0/1`,
    },
  };
  // The quality that brings it nearest to a size between 1 and 2 MB.
  const target = LEAST * 1.1 + (MOST - LEAST) * 0.8 * next();
  let best: Buffer | null = null;
  for (let [low, high] = [30, 98]; high - low > 1; ) {
    const quality = (low + high) >> 1;
    const data = await sharp(raw, { raw: { width, height, channels: 3 } })
      .withExif(exif)
      .jpeg({ quality })
      .toBuffer();
    if (best === null || Math.abs(data.length - target) < Math.abs(best.length - target)) best = data;
    if (Math.abs(data.length - target) < CLOSE) break;
    if (data.length < target) low = quality;
    else high = quality;
  }
  if (best === null || best.length < LEAST || best.length > MOST) throw new Error(`photograph ${number} has ${best?.length} bytes`);
  return best;
}

/** Paths of the first `count` photographs; missing ones are made, which takes half a second to a second each. */
async function photoSet(count: number): Promise<string[]> {
  await mkdir(FOLDER, { recursive: true });
  const paths = Array.from({ length: count }, (_, number) => join(FOLDER, `photo-${String(number).padStart(4, '0')}.jpg`));
  for (const [number, path] of paths.entries()) {
    if (existsSync(path)) continue;
    if (number % 100 === 0) process.stderr.write(`making photographs ${number + 1} to ${Math.min(count, number + 100)} of ${count}\n`);
    await writeFile(`${path}.part`, await photo(number));
    await rename(`${path}.part`, path);
  }
  return paths;
}

/** Total size in bytes. */
export async function totalBytes(paths: readonly string[]): Promise<number> {
  let sum = 0;
  for (const path of paths) sum += (await stat(path)).size;
  return sum;
}

/** What an ingest bench takes: so many photographs (`BENCH_INGEST_FILES`, else 500, quick 40), and others to warm up with. */
export async function ingestPhotos(quick: boolean): Promise<{ count: number; files: string[]; warm: string[] }> {
  const count = Number(process.env['BENCH_INGEST_FILES'] ?? (quick ? 40 : 500));
  const all = await photoSet(count + WARM_UP);
  return { count, files: all.slice(0, count), warm: all.slice(count) };
}
