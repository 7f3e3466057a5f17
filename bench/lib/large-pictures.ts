import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initializeCanvas, writePsdBuffer } from 'ag-psd';
import sharp from 'sharp';
import { scene } from './pictures.ts';

/** Pictures of 24 megapixels in formats that are slow to open. */

export const LARGE = { width: 6000, height: 4000 } as const;
export type LargeKind = 'png' | 'tiff' | 'heic' | 'psd';

export interface LargePicture {
  readonly path: string;
  /** What 800 px of it should look like, PNG. */
  readonly reference: Buffer;
}

const scenes = new Map<number, Promise<Buffer>>();

/** One for all kinds: to make it takes longer than all else. */
function sceneOf(seed: number): Promise<Buffer> {
  const made = scenes.get(seed) ?? scene(LARGE.width, LARGE.height, seed);
  scenes.set(seed, made);
  return made;
}

/** Writes one; null when the tool for it is missing (`heif-enc` of libheif-examples). `seed` makes another picture. */
export async function largePicture(kind: LargeKind, folder: string, seed = 0): Promise<LargePicture | null> {
  const { width, height } = LARGE;
  const path = join(folder, `large-${seed}.${kind}`);
  const cut = sharp(await sceneOf(seed), { raw: { width, height, channels: 3 } });
  if (kind === 'png') await cut.clone().png({ compressionLevel: 6 }).toFile(path);
  else if (kind === 'tiff') await cut.clone().tiff({ compression: 'lzw' }).toFile(path);
  else if (kind === 'psd') {
    const data = await cut.clone().ensureAlpha().raw().toBuffer();
    initializeCanvas(
      () => {
        throw new Error('no canvas');
      },
      (w, h) => ({ width: w, height: h, data: new Uint8ClampedArray(w * h * 4), colorSpace: 'srgb' as const }),
    );
    const imageData = {
      width,
      height,
      data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
      colorSpace: 'srgb' as const,
    };
    await writeFile(path, writePsdBuffer({ width, height, imageData, children: [] }, { noBackground: true }));
  } else {
    const source = join(folder, `source-${seed}.jpg`);
    await cut.clone().jpeg({ quality: 92 }).toFile(source);
    const made = spawnSync('heif-enc', ['-q', '80', '-o', path, source], { encoding: 'utf8' });
    if (made.error || made.status !== 0) return null;
  }
  return {
    path,
    reference: await sharp(await cut.clone().png({ compressionLevel: 1 }).toBuffer())
      .resize(800)
      .png()
      .toBuffer(),
  };
}
