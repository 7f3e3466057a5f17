import { readFile } from 'node:fs/promises';
import decode from 'heic-decode';
import sharp from 'sharp';
import { RasterError } from '../raster/raster-error.ts';
import { exactProfile } from './icc.ts';
import { heifProfile } from './heif-profile.ts';
import type { RiskyFacts, RiskyRequest, RiskyStill } from './protocol.ts';
import { atMost, writeStill } from './still.ts';
import { tiffOf } from './tiff.ts';

const MOST_BYTES = 200 * 2 ** 20;
/** Display P3 among the coded primaries (H.273). */
const P3 = 12;

/** Libheif gives the numbers that stand in the file; what colours they are is said beside them. */
async function profileOf(bytes: Buffer): Promise<Buffer | null> {
  const found = heifProfile(bytes);
  if (found?.kind === 'icc') return exactProfile(found.icc, 'rgb');
  if (found?.primaries !== P3) return null;
  const one = sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } });
  return (await sharp(await one.withIccProfile('p3').png().toBuffer()).metadata()).icc ?? null;
}

/** Decodes HEIC with libheif (WebAssembly), which turns the picture upright by itself. */
export async function heic(path: string, request: RiskyRequest): Promise<{ facts: RiskyFacts; still: RiskyStill | null }> {
  await atMost(path, MOST_BYTES);
  const bytes = await readFile(path);
  const images = await decode.all({ buffer: bytes });
  const [image] = images;
  if (!image) throw new RasterError('damaged', 'The file holds no picture.');
  const { width, height } = image;
  const facts = { width, height, pages: 1, hasAlpha: false, probe: { format: 'heic', compression: 'hevc', images: images.length } };
  if (request.action === 'facts') return { facts, still: null };
  if (width * height > request.maxPixels) throw new RasterError('too_large', 'The picture has too many pixels.');
  const { data } = await image.decode();
  // libheif always gives four channels; a photo of a phone has no real alpha.
  const pixels = sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } }).removeAlpha();
  const icc = await profileOf(bytes);
  if (!icc) return { facts, still: await writeStill(pixels, request) };
  const tiff = tiffOf({ data: await pixels.raw().toBuffer(), width, height, bits: 8, colours: 'rgb', alpha: false, icc });
  return { facts, still: await writeStill(sharp(tiff, { limitInputPixels: false }).keepIccProfile(), request) };
}
