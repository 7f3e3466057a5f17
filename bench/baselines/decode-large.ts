import { readFile } from 'node:fs/promises';
import { initializeCanvas, readPsd } from 'ag-psd';
import decodeHeic from 'heic-decode';
import sharp, { type Sharp } from 'sharp';
import { serveChild } from '../lib/child.ts';

/** The same decoders as the product's, from the original each time. `decode-large.ts`; asked `{file, kind, seconds}` it answers `{rate}`. */

sharp.concurrency(1);
sharp.cache(false);
initializeCanvas(
  () => {
    throw new Error('no canvas');
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4), colorSpace: 'srgb' as const }),
);

async function decoded(file: string, kind: string): Promise<Sharp> {
  const bytes = await readFile(file);
  if (kind === 'heic') {
    const { data, width, height } = await decodeHeic({ buffer: bytes });
    return sharp(Buffer.from(data), { raw: { width, height, channels: 4 } });
  }
  if (kind === 'psd') {
    const { imageData } = readPsd(bytes, { skipLayerImageData: true, skipThumbnail: true, useImageData: true });
    if (!imageData) throw new Error('no flattened picture');
    const { data, width, height } = imageData;
    return sharp(Buffer.from(data.buffer as ArrayBuffer), { raw: { width, height, channels: 4 } });
  }
  return sharp(bytes, { limitInputPixels: false });
}

serveChild(
  {},
  async (question) => {
    const { file, kind, seconds } = question as { file: string; kind: string; seconds: number };
    const began = performance.now();
    let made = 0;
    do {
      await (await decoded(file, kind)).resize(800).flatten().webp({ quality: 80, effort: 4 }).toBuffer();
      made++;
    } while (performance.now() - began < seconds * 1000);
    return { rate: made / ((performance.now() - began) / 1000) };
  },
  async () => undefined,
);
