import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { Analysis } from '../media.ts';
import { dominantColours } from './colours.ts';
import { perceptualHash } from './phash.ts';

const HASH_SIDE = 32;

/**
 * Colours, placeholder and perceptual hash from a picture's bytes; one small decode serves all three.
 * Give it the smallest rendition: it is upright, sRGB and cheap.
 */
export async function analyze(picture: Buffer, maxPixels: number): Promise<Analysis> {
  const { data, info } = await sharp(picture, { limitInputPixels: maxPixels, failOn: 'error' })
    .autoOrient()
    .resize(100, 100, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const grey = await sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
    .flatten({ background: '#ffffff' })
    .resize(HASH_SIDE, HASH_SIDE, { fit: 'fill' })
    .greyscale()
    .raw({ depth: 'uchar' })
    .toBuffer();
  return {
    colours: dominantColours(data),
    thumbhash: Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64'),
    phash: perceptualHash(grey),
  };
}
