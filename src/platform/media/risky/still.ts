import { stat } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { RasterError } from '../raster/raster-error.ts';
import { type RiskyRequest, type RiskyStill, STILL_FILE } from './protocol.ts';

/** Raw pixels of a decoder that is not sharp. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Fast PNG, so that nothing is lost before the real renditions are made; never larger than `longest`. */
export async function writeStill(pipeline: Sharp, request: RiskyRequest): Promise<RiskyStill> {
  const info = await pipeline
    .resize(request.longest, request.longest, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 1 })
    .toFile(STILL_FILE);
  return { width: info.width, height: info.height };
}

/** Throws when the file is too large to be held in memory by this decoder. */
export async function atMost(path: string, bytes: number): Promise<void> {
  const { size } = await stat(path);
  if (size > bytes) throw new RasterError('too_large', `Files of this type are opened up to ${Math.round(bytes / 2 ** 20)} MB.`);
}
