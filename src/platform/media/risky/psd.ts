import { readFile } from 'node:fs/promises';
import { initializeCanvas, readPsd } from 'ag-psd';
import sharp from 'sharp';
import { RasterError } from '../raster/raster-error.ts';
import { psdComposite } from './psd-composite.ts';
import { layerNames, psdLayers } from './psd-layers.ts';
import type { RiskyFacts, RiskyRequest, RiskyStill } from './protocol.ts';
import { atMost, writeStill } from './still.ts';
import { tiffOf } from './tiff.ts';

const MOST_BYTES = 512 * 2 ** 20;
const MODES = ['bitmap', 'grey', 'indexed', 'rgb', 'cmyk', undefined, undefined, 'multichannel', 'duotone', 'lab'];

/** The fixed header: 26 bytes, big-endian. */
function header(bytes: Buffer): RiskyFacts {
  if (bytes.length < 26) throw new RasterError('damaged', 'The file ends inside its header.');
  const channels = bytes.readUInt16BE(12);
  const height = bytes.readUInt32BE(14);
  const width = bytes.readUInt32BE(18);
  const depth = bytes.readUInt16BE(22);
  const mode = MODES[bytes.readUInt16BE(24)] ?? 'other';
  if (width === 0 || height === 0 || channels === 0 || channels > 56) throw new RasterError('damaged', 'The header makes no sense.');
  return { width, height, pages: 1, hasAlpha: mode === 'rgb' && channels > 3, probe: { format: 'psd', mode, channels, depth } };
}

/** Reads the flattened picture that Photoshop stores beside the layers ("maximise compatibility"), or some of these. */
export async function psd(path: string, request: RiskyRequest): Promise<{ facts: RiskyFacts; still: RiskyStill | null }> {
  await atMost(path, MOST_BYTES);
  const bytes = await readFile(path);
  const facts = header(bytes);
  if (request.action === 'facts') return { facts: { ...facts, probe: { ...facts.probe, layers: layerNames(bytes) } }, still: null };
  if (facts.width * facts.height > request.maxPixels) throw new RasterError('too_large', 'The picture has too many pixels.');
  if (request.layers) return { facts, still: await writeStill(await psdLayers(bytes, request.layers), request) };
  const composite = psdComposite(bytes);
  if (composite) {
    const picture = sharp(tiffOf(composite), { limitInputPixels: false });
    // PNG knows no CMYK, and what comes after it no profiles of greys: those are converted here, by their profile.
    const kept = composite.icc && composite.colours === 'rgb' ? picture.keepIccProfile() : picture.toColourspace('srgb');
    return { facts, still: await writeStill(kept, request) };
  }
  initializeCanvas(
    () => {
      throw new RasterError('unsupported_type', 'The file keeps no flattened picture.');
    },
    (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4), colorSpace: 'srgb' as const }),
  );
  const { imageData } = readPsd(bytes, { skipLayerImageData: true, skipThumbnail: true, useImageData: true });
  if (!imageData) throw new RasterError('unsupported_type', 'The file keeps no flattened picture.');
  const { data, width, height } = imageData;
  if (!(data instanceof Uint8ClampedArray)) throw new RasterError('unsupported_type', 'Pictures of this depth are not drawn.');
  return { facts, still: await writeStill(sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } }), request) };
}
