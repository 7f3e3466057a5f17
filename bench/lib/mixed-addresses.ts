import sharp from 'sharp';
import { photograph } from './pictures.ts';

/** What a site with a few pictures asks for: sizes, formats, crops, pictures with layers. */

export const ADDRESSES = 2000;
/** The picture that is laid over others. */
export const LOGO = 'logo.png';
const WIDTHS = 40;

export interface Address {
  readonly path: string;
  readonly mime: string;
}

/** Ten pictures to publish, by name: photographs of 0.5 to 6 megapixels, one of them with transparency, and the logo. */
export async function mixedPictures(): Promise<Map<string, Buffer>> {
  const sizes = [
    [800, 600],
    [1024, 1024],
    [1280, 853],
    [1000, 1500],
    [1600, 1200],
    [1920, 1080],
    [2000, 1333],
    [2725, 2225],
  ] as const;
  const pictures = new Map<string, Buffer>();
  for (const [width, height] of sizes) pictures.set(`photo-${width}.jpg`, await photograph(width, height));
  const clear = sharp(await photograph(900, 700)).ensureAlpha(0.6);
  pictures.set('clear.png', await clear.png().toBuffer());
  pictures.set(
    LOGO,
    await sharp(await photograph(480, 320))
      .png()
      .toBuffer(),
  );
  return pictures;
}

/** Distinct addresses over these delivery paths, the same ones each time, in an order in which neighbours have little in common. */
export function mixedAddresses(paths: readonly string[]): Address[] {
  const all: Address[] = [];
  for (const path of paths) {
    for (let step = 0; step < WIDTHS; step++) {
      const width = 120 + 18 * step;
      // An encoder of AVIF needs seconds for large pictures: sites use it for small ones, or prepare it.
      const third = width <= 300 ? ['f-avif', 'image/avif'] : ['f-auto', 'image/webp'];
      const variants = [
        [`w-${width},f-jpg`, 'image/jpeg'],
        [`w-${width},f-webp,q-75`, 'image/webp'],
        [`w-${width},h-${Math.round(width * 0.75)},${third[0]}`, third[1]],
        [`w-${width},f-webp,l-text,i-Spring,fs-${12 + (step % 20)},co-FFFFFF,l-end`, 'image/webp'],
        [`w-${width},ar-1-1,f-jpg,l-image,i-${LOGO},w-${40 + step},l-end`, 'image/jpeg'],
      ] as const;
      for (const [recipe, mime = ''] of variants) all.push({ path: `${path}?tr=${recipe}`, mime });
    }
  }
  // 787 has no factor in common with their number.
  return all.map((_, at) => all[(at * 787) % all.length]).filter((each) => each !== undefined);
}
