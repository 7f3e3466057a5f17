import { type FixedLength } from '../renditions.tree.ts';
import { readLength } from '../operations/values.ts';
import { badParameter } from '../renditions.problem.ts';

/** What only films are asked for (delivery-urls 7), read before there is a film. Pure. */

export const VIDEO_CODECS = ['h264', 'vp9', 'av1', 'none'] as const;
export const AUDIO_CODECS = ['aac', 'opus', 'none'] as const;
/** Heights of a streaming ladder, px. */
export const RUNGS = [240, 360, 480, 720, 1080, 1440, 2160] as const;
export type Rung = (typeof RUNGS)[number];

/** Times in seconds; null = not said. */
export interface VideoWishes {
  readonly start: FixedLength | null;
  readonly end: FixedLength | null;
  readonly duration: FixedLength | null;
  /** Ascending, each once. */
  readonly rungs: readonly Rung[] | null;
  readonly videoCodec: (typeof VIDEO_CODECS)[number] | null;
  readonly audioCodec: (typeof AUDIO_CODECS)[number] | null;
}

export const VIDEO_KEYS: ReadonlySet<string> = new Set(['so', 'eo', 'du', 'sr', 'vc', 'ac']);

/** Key to accepted values and meaning, for the docs. */
export const VIDEO_PARAMETERS: Readonly<Record<string, string>> = {
  so: 'where to begin, in seconds with at most two decimals, or an expression with `idu` (length of the film)',
  eo: 'where to end, in seconds; with `so`',
  du: 'how long, in seconds; wins over `eo`',
  sr: 'steps of a streaming ladder, heights of `240 360 480 720 1080 1440 2160` joined by `_`; with `/ik-master.m3u8` or `/ik-master.mpd` only',
  vc: '`h264`, `vp9`, `av1`, or `none` for the sound alone',
  ac: '`aac`, `opus`, or `none` for a silent film',
};

const SECONDS = /^\d{1,7}(\.\d{1,2})?$/;

function seconds(key: string, text: string | undefined): FixedLength | null {
  if (text === undefined) return null;
  const read = readLength(text);
  if (read?.kind === 'expression' || SECONDS.test(text)) return read;
  throw badParameter(key, `${key}-${text.slice(0, 60)}: seconds with at most two decimals, or an expression, are expected`);
}

function oneOf<T extends string>(key: string, text: string | undefined, allowed: readonly T[]): T | null {
  if (text === undefined) return null;
  const found = allowed.find((each) => each === text);
  if (!found) throw badParameter(key, `${key}-${text.slice(0, 60)}: one of ${allowed.join(', ')} is expected`);
  return found;
}

function ladder(text: string | undefined): Rung[] | null {
  if (text === undefined) return null;
  const rungs = text.split('_').map((part) => RUNGS.find((rung) => String(rung) === part));
  if (rungs.includes(undefined))
    throw badParameter('sr', `sr-${text.slice(0, 60)}: heights of ${RUNGS.join(', ')} joined by _ are expected`);
  return RUNGS.filter((rung) => rungs.includes(rung));
}

/**
 * Checks what was said of the film; the last word of each key counts. Null when nothing was.
 * @throws TransformationError EPARAM
 */
export function readWishes(known: Readonly<Record<string, string>>): VideoWishes | null {
  if (Object.keys(known).length === 0) return null;
  return {
    start: seconds('so', known.so),
    end: seconds('eo', known.eo),
    duration: seconds('du', known.du),
    rungs: ladder(known.sr),
    videoCodec: oneOf('vc', known.vc, VIDEO_CODECS),
    audioCodec: oneOf('ac', known.ac, AUDIO_CODECS),
  };
}
