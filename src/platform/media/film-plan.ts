import type { FileHandle } from 'node:fs/promises';
import type { Fill, LayerPlan, PixelSize, Rgba, StageOp, SubtitleStyle } from './plan.ts';

/**
 * What is made of a film, as plain data: URL arguments become a plan in the server (pure), `film-args.ts` turns it into arguments of
 * ffmpeg. Sizes are px of the upright film with square pixels, times seconds.
 */

/** Raised when an encoder setting or an operation changes what comes out: it is part of every film's identity. */
export const FILM_VERSION = 3;

type Staged = Extract<StageOp, { op: 'extract' | 'scale' | 'attention' | 'pad' | 'flip' }>;

export type FilmOp =
  | Staged
  /** Clockwise; right angles only. */
  | { readonly op: 'turn'; readonly degrees: 90 | 180 | 270 }
  /** The film on a larger canvas, in front of itself, blurred. */
  | {
      readonly op: 'blurred';
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
      readonly fill: Extract<Fill, { kind: 'blurred' }>;
    }
  /** A picture over the whole film, transparent where the film is seen; s, null = to the end. Size as it is then. */
  | ({ readonly op: 'overlay'; readonly layer: LayerPlan; readonly from: number; readonly until: number | null } & PixelSize)
  /** Rounded corners on a colour, null = on nothing (of a film in a film); `max` = an ellipse. Size as it is then. */
  | ({
      readonly op: 'corners';
      readonly radii: readonly [number, number, number, number] | 'max';
      readonly colour: Rgba | null;
    } & PixelSize)
  | InsetOp
  | SubtitlesOp;

/** Another film in this one, without its sound. `input` counts the files beside the pictures; it begins when it is first seen, and goes when it ends. */
export interface InsetOp {
  readonly op: 'inset';
  readonly input: number;
  readonly cut: FilmCut;
  readonly ops: readonly FilmOp[];
  readonly left: number;
  readonly top: number;
  /** Seconds of the film below; null = to the end. */
  readonly from: number;
  readonly until: number | null;
}

/** Subtitles of a file, with its times those of the whole film. Size as it is then. */
export interface SubtitlesOp extends PixelSize {
  readonly op: 'subtitles';
  readonly input: number;
  readonly style: SubtitleStyle;
  readonly from: number;
  readonly until: number | null;
}

/** All operations, those of films in films behind their own: the order in which pictures and files are counted. */
export const everyOp = (ops: readonly FilmOp[]): FilmOp[] => ops.flatMap((op) => (op.op === 'inset' ? [op, ...everyOp(op.ops)] : [op]));

export type FilmVideoCodec = 'h264' | 'vp9' | 'av1';
export type FilmAudioCodec = 'aac' | 'opus';

/** Which part of the film; `duration` null = to its end. */
export interface FilmCut {
  readonly start: number;
  readonly duration: number | null;
}

export interface FilmPlan {
  readonly make: 'film';
  readonly cut: FilmCut;
  readonly ops: readonly FilmOp[];
  readonly container: 'mp4' | 'webm';
  /** null = the sound alone. */
  readonly video: FilmVideoCodec | null;
  /** null = silent. */
  readonly audio: FilmAudioCodec | null;
  /** 1-100 */
  readonly quality: number;
}

/** One step of a ladder; even sizes. */
export interface RungPlan extends PixelSize {
  /** Its height class, `720`. */
  readonly name: string;
  /** Most bits of picture per second, in thousands. */
  readonly kbps: number;
}

/** CMAF pieces of equal length for all rungs, and of the sound apart: one set serves HLS and DASH. */
export interface LadderPlan {
  readonly make: 'ladder';
  readonly cut: FilmCut;
  readonly ops: readonly FilmOp[];
  readonly rungs: readonly RungPlan[];
  readonly audio: boolean;
  /** s */
  readonly segment: number;
}

/** Small pictures of the film in a grid, row by row, one each `interval` seconds. */
export interface SpritePlan extends PixelSize {
  readonly make: 'sprite';
  readonly interval: number;
  readonly columns: number;
  readonly rows: number;
}

export type FilmMake = FilmPlan | LadderPlan | SpritePlan;

/** How brightness is written down in the film, and whether it also says which colours it means. */
export interface Hdr {
  readonly transfer: 'pq' | 'hlg';
  readonly tagged: boolean;
}

/** Coefficients between colours and brightness plus two differences. */
export type Matrix = 'bt601' | 'bt709' | 'bt2020';

/** ffprobe's names (ITU-T H.273). */
const TRANSFERS: Readonly<Record<string, Hdr['transfer']>> = { smpte2084: 'pq', 'arib-std-b67': 'hlg' };

const pictureOf = (probe: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined =>
  (Array.isArray(probe.streams) ? (probe.streams as Record<string, unknown>[]) : []).find((stream) => stream.codec_type === 'video');

/** From what ffprobe said of the streams. What a film does not say, ffmpeg takes for BT.601. */
export function matrixOf(probe: Readonly<Record<string, unknown>>): Matrix {
  const said = String(pictureOf(probe)?.color_space ?? '');
  return said === 'bt709' ? 'bt709' : said === 'bt2020nc' ? 'bt2020' : 'bt601';
}

/** Whether the picture of a film is HDR, from what ffprobe said of its streams; null = no. */
export function hdrOf(probe: Readonly<Record<string, unknown>>): Hdr | null {
  const picture = pictureOf(probe);
  const transfer = TRANSFERS[String(picture?.color_transfer ?? '')];
  if (!transfer) return null;
  const said = (key: string) => !['', 'unknown', 'undefined'].includes(String(picture?.[key] ?? ''));
  return { transfer, tagged: said('color_primaries') && said('color_space') };
}

/** Largest file of subtitles that is read, bytes. */
export const MAX_SUBTITLE_BYTES = 2 * 2 ** 20;

/** What there is to know of the source. */
export interface FilmSource {
  /** Demuxers that may open it. */
  readonly demuxers: string;
  readonly frameRate: number | null;
  readonly hasAudio: boolean;
  /** s; null = not known. */
  readonly seconds: number | null;
  /** Brighter than a screen: made one for every screen first. */
  readonly hdr?: Hdr | null;
  /** How its colours are written down; absent = as of old, BT.601. */
  readonly matrix?: Matrix;
}

/** A file that is laid over a film beside pictures: another film, or (without a source) subtitles. */
export interface FilmFile {
  readonly path: string;
  readonly source: FilmSource | null;
}

/** A finished file of a film, in the order in which they are finished. */
export interface FilmPiece {
  /** `film.mp4`, `sprite.jpg`, `720-init.mp4`, `720-3.m4s`, `audio-0.m4s`. */
  readonly name: string;
  /** Open for reading until the listener is done with it. */
  readonly file: FileHandle;
  readonly bytes: number;
  /** How long it plays, s; null where that means nothing. */
  readonly seconds: number | null;
}

export interface FilmListener {
  /** Called for one piece after the other; the next waits. */
  piece(piece: FilmPiece): Promise<void>;
  /** Seconds of the result that are done. */
  progress(seconds: number): void;
}
