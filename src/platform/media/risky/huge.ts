import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { factsOf } from '../raster/facts.ts';
import { lockLoaders } from '../raster/loaders.ts';
import type { RiskyFacts, RiskyRequest, RiskyStill } from './protocol.ts';
import { atMost, writeStill } from './still.ts';

const MOST_BYTES = 2 * 2 ** 30 - 1;

/** A raster too large for the raster children: read in one pass, top to bottom, and scaled down on the way. */
export async function huge(path: string, request: RiskyRequest): Promise<{ facts: RiskyFacts; still: RiskyStill | null }> {
  lockLoaders();
  await atMost(path, MOST_BYTES);
  const bytes = await readFile(path);
  const found = await factsOf(bytes);
  const facts = {
    width: found.width,
    height: found.height,
    pages: found.pages,
    hasAlpha: found.hasAlpha,
    probe: { ...found.probe, orientation: found.orientation, compression: found.compression },
  };
  if (request.action === 'facts') return { facts, still: null };
  const image = sharp(bytes, { limitInputPixels: request.maxPixels, sequentialRead: true, failOn: 'error', page: request.page });
  return { facts, still: await writeStill(image.autoOrient().keepIccProfile(), request) };
}
