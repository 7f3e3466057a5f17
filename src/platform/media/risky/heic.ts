import { readFile } from 'node:fs/promises';
import decode from 'heic-decode';
import sharp from 'sharp';
import { RasterError } from '../raster/raster-error.ts';
import type { RiskyFacts, RiskyRequest, RiskyStill } from './protocol.ts';
import { atMost, writeStill } from './still.ts';

const MOST_BYTES = 200 * 2 ** 20;

/** Decodes HEIC with libheif (WebAssembly), which turns the picture upright by itself. */
export async function heic(path: string, request: RiskyRequest): Promise<{ facts: RiskyFacts; still: RiskyStill | null }> {
  await atMost(path, MOST_BYTES);
  const images = await decode.all({ buffer: await readFile(path) });
  const [image] = images;
  if (!image) throw new RasterError('damaged', 'The file holds no picture.');
  const { width, height } = image;
  const facts = { width, height, pages: 1, hasAlpha: false, probe: { format: 'heic', compression: 'hevc', images: images.length } };
  if (request.action === 'facts') return { facts, still: null };
  if (width * height > request.maxPixels) throw new RasterError('too_large', 'The picture has too many pixels.');
  const { data } = await image.decode();
  // libheif always gives four channels; a photo of a phone has no real alpha.
  const pixels = sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } }).removeAlpha();
  return { facts, still: await writeStill(pixels, request) };
}
