import sharp from 'sharp';
import { ownFamily } from '../families.ts';
import type { TextSource } from '../plan.ts';
import { RasterError } from './raster-error.ts';
import type { RunEnv } from './run-env.ts';

/** Which typeface a text is drawn in. Files of the library are opened only in a child that serves one job. */

export interface Face {
  readonly family: string;
  /** Path of the file it comes from; null = one that fontconfig knows. */
  readonly file: string | null;
}

/** Two of our own that look different in every letter. */
const OTHERS = ['Monoton', 'Lobster'] as const;
const LETTERS = ['A', 'a', '0', '.'];

const drawn = (text: string, font: string, fontfile: string): Promise<Buffer> =>
  sharp({ text: { text, font: `${font} 40px`, fontfile, rgba: true } })
    .raw()
    .toBuffer();

/** Fontconfig passes over what it cannot read and takes the next best: then the two would differ. */
async function isRead({ family, file }: { family: string; file: string }): Promise<boolean> {
  for (const letter of LETTERS) {
    const [one, other] = await Promise.all(OTHERS.map((next) => drawn(letter, `${family},${next}`, file)));
    if (one && other?.equals(one)) return true;
  }
  return false;
}

/** @throws RasterError damaged for a file that is no typeface, or has no Latin letters or digits */
export async function faceOf(font: TextSource['font'], env: RunEnv): Promise<Face> {
  if (typeof font === 'string') return { family: font, file: null };
  const face = { family: ownFamily(font.file), file: env.font(font.file) };
  if (!(await isRead(face))) throw new RasterError('damaged', 'The typeface of a layer cannot be read.');
  return face;
}
