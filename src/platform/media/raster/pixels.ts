import sharp from 'sharp';
import type { Pixels } from '../media.ts';

/** Colours in a palette of PNG or GIF. */
const FEW = 256;
const SIDE = 512;

/** Looks at up to 512 x 512 of the pixels as they are stored: blending neighbours would invent colours. */
export async function pixelsOf(picture: Buffer, maxPixels: number): Promise<Pixels> {
  const { data } = await sharp(picture, { limitInputPixels: maxPixels, failOn: 'error' })
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'nearest', fastShrinkOnLoad: false })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return count(data);
}

/** `rgba`: 8-bit pixels. */
export function count(rgba: Uint8Array): Pixels {
  const colours = new Set<number>();
  let hasAlpha = false;
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    if ((rgba[at + 3] ?? 0) < 255) hasAlpha = true;
    if (colours.size <= FEW) colours.add(((rgba[at] ?? 0) << 16) | ((rgba[at + 1] ?? 0) << 8) | (rgba[at + 2] ?? 0));
    else if (hasAlpha) break;
  }
  return { hasAlpha, fewColours: colours.size <= FEW };
}
