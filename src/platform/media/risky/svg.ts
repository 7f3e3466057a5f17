import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { lockLoaders } from '../raster/loaders.ts';
import { RasterError } from '../raster/raster-error.ts';
import type { RiskyFacts, RiskyRequest, RiskyStill } from './protocol.ts';
import { atMost, writeStill } from './still.ts';

const MOST_BYTES = 10 * 2 ** 20;
/** librsvg's own unit: at this density one user unit is one pixel. */
const BASE_DENSITY = 72;

/** Unpacked. @throws RasterError too_large */
export async function svgBytes(path: string): Promise<Buffer> {
  await atMost(path, MOST_BYTES);
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    throw new RasterError('too_large', 'The compressed SVG is damaged or unpacks to more than 10 MB.');
  }
}

/**
 * Draws an SVG. From a Buffer librsvg has no base address, so references to other files and hosts are dead; entity
 * declarations it refuses by itself, and CPU time is limited from outside.
 */
export async function svg(path: string, request: RiskyRequest): Promise<{ facts: RiskyFacts; still: RiskyStill | null }> {
  lockLoaders(['VipsForeignLoadSvgBuffer']);
  const bytes = await svgBytes(path);
  const meta = await sharp(bytes, { limitInputPixels: false, density: BASE_DENSITY }).metadata();
  const longest = Math.max(meta.width, meta.height);
  if (!(longest > 0)) throw new RasterError('damaged', 'The SVG has no size.');
  const facts = { width: meta.width, height: meta.height, pages: 1, hasAlpha: true, probe: { format: 'svg' } };
  if (request.action === 'facts') return { facts, still: null };
  // Drawn straight at the wanted size: vectors enlarge without loss, and a giant viewBox never becomes giant pixels.
  const density = Math.min(100_000, Math.max(1, (BASE_DENSITY * request.longest) / longest));
  // The size at this density may still be far too large (density ends at 1); sharp then draws at the reduced size anyway.
  const drawn = sharp(bytes, { limitInputPixels: false, density });
  return { facts, still: await writeStill(drawn, request) };
}
