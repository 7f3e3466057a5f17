import sharp, { type Metadata } from 'sharp';
import type { RasterFacts } from './protocol.ts';
import { RasterError } from './raster-error.ts';

const PROBE_KEYS = [
  'format',
  'space',
  'channels',
  'depth',
  'density',
  'chromaSubsampling',
  'isProgressive',
  'isPalette',
  'bitsPerSample',
  'pages',
  'pageHeight',
  'loop',
  'delay',
  'compression',
  'resolutionUnit',
  'hasProfile',
  'hasAlpha',
  'orientation',
  'width',
  'height',
] as const satisfies readonly (keyof Metadata)[];

/** Header facts of a raster; nothing is decoded. Throws what sharp throws, or `RasterError` without a size. */
export async function factsOf(input: Buffer): Promise<RasterFacts> {
  // No limit here: a header costs nothing, and the caller must learn the size to say which limit was broken.
  const meta = await sharp(input, { limitInputPixels: false, failOn: 'error' }).metadata();
  const height = meta.pageHeight ?? meta.height;
  if (!meta.width || !height) throw new RasterError('damaged', 'The picture has no size.');
  const turned = (meta.orientation ?? 1) >= 5;
  return {
    format: meta.format,
    width: turned ? height : meta.width,
    height: turned ? meta.width : height,
    pages: meta.pages ?? 1,
    hasAlpha: meta.hasAlpha,
    orientation: meta.orientation ?? null,
    compression: meta.compression ?? null,
    probe: Object.fromEntries(PROBE_KEYS.filter((key) => meta[key] !== undefined).map((key) => [key, meta[key]])),
  };
}
