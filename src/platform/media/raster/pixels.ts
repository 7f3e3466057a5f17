import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../media.ts';

/** Colours in a palette of PNG or GIF. */
const FEW = 256;
const SIDE = 512;

/** Looks at up to 512 x 512 of the pixels as they are stored: blending neighbours would invent colours. Of alpha every pixel is looked at. */
export async function pixelsOf(picture: Buffer, maxPixels: number): Promise<Pixels> {
  const open = () => sharp(picture, { limitInputPixels: maxPixels, failOn: 'error' });
  const { data } = await open()
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'nearest', fastShrinkOnLoad: false })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const seen = count(data);
  return seen.hasAlpha ? seen : { ...seen, hasAlpha: await isSeeThrough(open()) };
}

/** One transparent pixel in a corner is enough: what is then kept as if it had none would be black there. */
async function isSeeThrough(picture: Sharp): Promise<boolean> {
  if (!(await picture.metadata()).hasAlpha) return false;
  const alpha = await picture.extractChannel('alpha').raw({ depth: 'uchar' }).toBuffer();
  return alpha.some((each) => each < 255);
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
