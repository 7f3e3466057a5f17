import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FONTS, laidOver, scriptName } from './film-filters.ts';
import { type FilmFile, type FilmMake, MAX_SUBTITLE_BYTES, type SubtitlesOp } from './film-plan.ts';
import { faceDirectories } from './fonts.ts';
import { decodeFailed, limitExceeded } from './media.ts';
import { assScript } from './subtitles-ass.ts';
import { decodeSubtitles, parseSubtitles } from './subtitles.ts';

/** What ffmpeg finds in the room of a film beside the film: pictures, scripts of subtitles, typefaces. */

export interface Furnishing {
  readonly make: FilmMake;
  /** PNGs of what is laid over it, in their order. */
  readonly pictures: readonly Buffer[];
  readonly files: readonly FilmFile[];
}

export const pictureName = (number: number): string => `layer-${number}.png`;

/** @throws `limit_exceeded`; `decode_failed` for what holds no subtitles */
async function scriptOf(op: SubtitlesOp, path: string, begin: number): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_SUBTITLE_BYTES) {
    throw limitExceeded({
      detail: `Subtitles of ${size} bytes; ${MAX_SUBTITLE_BYTES} are allowed.`,
      extra: { limit: 'bytes of subtitles', given: size, allowed: MAX_SUBTITLE_BYTES },
    });
  }
  const cues = parseSubtitles(decodeSubtitles(await readFile(path)));
  if (cues.length === 0) throw decodeFailed({ detail: 'The file of the subtitles holds none.', extra: { reason: 'damaged' } });
  return assScript(cues, { ...op, begin });
}

/** Our own typefaces go with the job; scripts that they lack come from the system's, as in texts on pictures. */
async function bringFonts(directory: string, families: readonly string[]): Promise<void> {
  const target = join(directory, FONTS);
  await mkdir(target);
  for (const family of families) {
    for (const faces of faceDirectories(family)) {
      const names = (await readdir(faces)).filter((name) => /\.(ttf|otf)$/.test(name));
      await Promise.all(names.map((name) => copyFile(join(faces, name), join(target, name))));
    }
  }
}

/** @throws `limit_exceeded`, `decode_failed` */
export async function furnish(directory: string, { make, pictures, files }: Furnishing): Promise<void> {
  await Promise.all(pictures.map((picture, n) => writeFile(join(directory, pictureName(n)), picture)));
  if (make.make === 'sprite') return;
  const { subtitles } = laidOver(make.ops);
  if (subtitles.length === 0) return;
  await bringFonts(directory, [...new Set(subtitles.map(({ style }) => style.font))]);
  for (const [n, op] of subtitles.entries()) {
    const script = await scriptOf(op, files[op.input]?.path ?? '', make.cut.start);
    await writeFile(join(directory, scriptName(n)), script);
  }
}
