import { DamsonError, defineError } from '../../errors.ts';
import type { FilmFile, FilmListener, FilmMake, FilmSource } from './film-plan.ts';
import type { ImagePlan, RenderedImage, Resume, Rights } from './plan.ts';

/**
 * Everything that opens user bytes. Nothing here runs in the API process: raster formats and ExifTool in
 * long-lived media children, everything riskier in one sandboxed process per job (decisions 1).
 */

export type Kind = 'image' | 'video' | 'audio' | 'document' | 'other';

/** A local file to read (read-only) and what the type turned out to be, once known. */
export interface MediaFile {
  readonly path: string;
  readonly bytes: number;
}

/** What the decoder says a file is. `preview: none` types are stored and ready without one. */
export interface Identified {
  readonly kind: Kind;
  /** Detected MIME type; `application/octet-stream` when nothing recognises it. */
  readonly mime: string;
  /** Usual extension without the dot, e.g. `jpg`. */
  readonly extension: string;
  /** Upright size in px (orientation applied); null when it has none. */
  readonly width: number | null;
  readonly height: number | null;
  readonly pages: number | null;
  readonly frames: number | null;
  readonly durationMs: number | null;
  readonly hasAlpha: boolean | null;
  /** EXIF orientation 1-8 of the stored pixels. */
  readonly orientation: number | null;
  /** Technical facts by decoder (streams, codecs, colour space, depth); stored in `file_version.probe`. */
  readonly probe: Record<string, unknown>;
  /** Set when the type is known but the bytes cannot be decoded, or no preview can be made. */
  readonly problem: PreviewProblem | null;
}

export type PreviewReason = 'unsupported_type' | 'tool_missing' | 'damaged' | 'too_large' | 'timeout' | 'refused' | 'empty';

export interface PreviewProblem {
  /** `none`: no preview is possible or offered; `failed`: it should have worked. */
  readonly state: 'none' | 'failed';
  readonly reason: PreviewReason;
  /** For people; never paths or stack traces. */
  readonly detail: string;
}

export interface DominantColour {
  /** `#rrggbb` */
  readonly hex: string;
  /** Colour family as in search documents. */
  readonly name: string;
  /** Share of the picture, 0-1. */
  readonly share: number;
}

export interface Analysis {
  readonly colours: readonly DominantColour[];
  /** Base64 of the thumbhash (at most 25 bytes). */
  readonly thumbhash: string;
  /** 64-bit perceptual hash, 16 hex digits. */
  readonly phash: string;
}

export interface Pixels {
  /** Some are not opaque. */
  readonly hasAlpha: boolean;
  /** As few as a palette holds: drawings, plain text, screenshots. */
  readonly fewColours: boolean;
}

export interface RenderJob {
  readonly name: string;
  readonly plan: ImagePlan;
}

/** A raster to start from: the picture itself, or the still that stands for a video, a page, a waveform. */
export interface Still {
  /** Path of an image file the raster child can open; inside a private directory, gone after the `withStill` callback. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

export interface MediaOptions {
  readonly signal: AbortSignal;
  /** Wall clock in ms; the child is killed at it. */
  readonly deadlineMs: number;
  /** `live` requests go before `ingest` ones. */
  readonly lane: 'live' | 'ingest';
}

/** What an SVG that leaves the house as one says. */
export interface VectorWish {
  /** px; `stretched`: the ratio is not kept; null = as it says itself. */
  readonly size: { readonly width: number; readonly height: number; readonly stretched: boolean } | null;
  readonly rights: Rights | null;
}

export interface MediaTools {
  readonly ffmpeg: { available: boolean; bundled: boolean; version: string | null };
  readonly exiftool: { available: boolean; version: string | null };
  readonly sandbox: { mode: 'namespaces' | 'limits' | 'none'; detail: string };
  readonly sharp: { version: string; libvips: string; formats: string[] };
}

export interface Media {
  /** Type by the decoder, sizes, streams. Never throws for bad files: `problem` says why. */
  identify(file: MediaFile, name: string, options: MediaOptions): Promise<Identified>;
  /**
   * All tags with the values `exiftool -json -G1 -a` prints, `Group1:Tag` -> value, less the exclusions listed in
   * `metadata-exclusions.ts`; null when ExifTool is missing. `{}` for a type it is not asked about or a file it gives up on.
   */
  metadata(file: MediaFile, identified: Identified, options: MediaOptions): Promise<Record<string, unknown> | null>;
  /**
   * Makes one derivative. `inputs` are the files of its layers, `fonts` typefaces of the library, by their numbers; `resume` plans what follows its late operations.
   * Throws `decode_failed` (422), `media_busy` (503), `limit_exceeded` (422), or what `resume` throws.
   */
  render(
    file: MediaFile,
    plan: ImagePlan,
    options: MediaOptions,
    more?: { inputs?: readonly string[]; fonts?: readonly string[]; resume?: Resume },
  ): Promise<RenderedImage>;
  /**
   * The derivative with EXIF, IPTC and XMP of the picture it was made from, less positions, serial numbers and what was true of other pixels only.
   * Throws `decode_failed` (reason `tool_missing` without perl, `timeout`), `media_busy`.
   */
  copyTags(original: MediaFile & { readonly mime: string }, made: RenderedImage, options: MediaOptions): Promise<RenderedImage>;
  /** Whether there is what `copyTags` needs. */
  copiesTags(): Promise<boolean>;
  /** An SVG written anew, without what could run or fetch. Throws `decode_failed`, `limit_exceeded`, `media_busy`. */
  vector(file: MediaFile, wish: VectorWish, options: MediaOptions): Promise<RenderedImage>;
  /** Several derivatives and the analysis from one decode, in one child: what ingest needs of a raster. */
  ingest(
    file: MediaFile,
    jobs: readonly RenderJob[],
    options: MediaOptions,
  ): Promise<{ analysis: Analysis; rendered: Record<string, RenderedImage> }>;
  /** What its pixels say of a raster; on a sample of them, so that tiny specks may be missed. Throws as `render`. */
  pixels(file: MediaFile, options: MediaOptions): Promise<Pixels>;
  /**
   * Hands `work` a raster that stands for the file: the file itself when a raster child may open it, else a still
   * made in the sandbox (SVG, PDF page, HEIC, PSD, video poster, waveform, huge originals). `page` is 0-based; `atSeconds` takes that
   * frame of a film in place of its poster, `layers` those of a PSD (1 = the whole, 2 = the lowest layer).
   * Throws `decode_failed`, `limit_exceeded`, `media_busy`; `decode_failed` with reason `unsupported_type` or
   * `tool_missing` when nothing can stand for this type (`identified.problem` said so).
   */
  withStill<T>(
    file: MediaFile,
    identified: Identified,
    options: MediaOptions & { page?: number; atSeconds?: number | null; layers?: readonly number[] | null },
    work: (still: Still) => Promise<T>,
  ): Promise<T>;
  /** A short web preview (MP4, H.264/AAC, at most 720 px high) of a video, or AAC/MP3 of an audio file, written whole to `target`. */
  clip(
    file: MediaFile,
    identified: Identified,
    target: string,
    options: MediaOptions,
  ): Promise<{ mime: string; bytes: number; durationMs: number } | null>;
  /**
   * Makes what a URL asks of a film; `listener` gets each file as soon as it is whole. Films wait for each other, not for pictures.
   * `inputs` are the files of its layers, by their number, `files` films and subtitles that are laid over it; `resume` plans what follows
   * late operations. Throws `decode_failed` (reason `tool_missing` without ffmpeg), or what the listener or `resume` throws.
   */
  film(
    file: MediaFile,
    source: FilmSource,
    make: FilmMake,
    options: MediaOptions,
    listener: FilmListener,
    more?: { inputs?: readonly string[]; resume?: Resume; files?: readonly FilmFile[] },
  ): Promise<void>;
  tools(): Promise<MediaTools>;
  close(): Promise<void>;
}

/** The decoder could not make a picture of the file; `extra.reason` is a `PreviewReason`. */
export const decodeFailed = defineError('decode_failed', 422, 'The file could not be decoded');
/** All decoder slots are taken and the queue is full; carries Retry-After. */
export const mediaBusy = defineError('media_busy', 503, 'Too many files are being processed; try again shortly');
/** More pixels, pages or bytes than allowed; `extra` names limit, given and allowed. */
export const limitExceeded = defineError('limit_exceeded', 422, 'Over a limit');

const REASONS: ReadonlySet<string> = new Set<PreviewReason>([
  'unsupported_type',
  'tool_missing',
  'damaged',
  'too_large',
  'timeout',
  'refused',
  'empty',
]);

function isReason(value: unknown): value is PreviewReason {
  return typeof value === 'string' && REASONS.has(value);
}

/** What a failed `render`, `ingest`, `withStill` or `clip` means for the preview; null when trying again may help. */
export function previewProblemOf(error: unknown): PreviewProblem | null {
  if (!(error instanceof DamsonError)) return null;
  if (error.code === 'limit_exceeded') return { state: 'failed', reason: 'too_large', detail: error.detail ?? error.title };
  if (error.code !== 'decode_failed') return null;
  const reason = isReason(error.extra.reason) ? error.extra.reason : 'damaged';
  const state = reason === 'unsupported_type' || reason === 'tool_missing' || reason === 'refused' ? 'none' : 'failed';
  return { state, reason, detail: error.detail ?? error.title };
}
