import { open } from 'node:fs/promises';
import { isError } from '../../errors.ts';
import { bare, DAMAGED, failed, none } from './identified.ts';
import { HUGE_BYTES, refusedSize } from './limits.ts';
import { type Identified, type MediaFile, type MediaOptions, previewProblemOf } from './media.ts';
import type { RasterFacts } from './raster/protocol.ts';
import type { RiskyFacts } from './risky/protocol.ts';
import { type Sniffed, sniff } from './sniff.ts';
import { cameraRaw } from './tiff-raw.ts';

/** The decoders identification asks, each in its child. */
export interface Decoders {
  /** Header facts by sharp; `sandboxed` for files too large for a raster child. */
  raster(file: MediaFile, sandboxed: boolean, options: MediaOptions): Promise<RasterFacts>;
  risky(kind: 'svg' | 'pdf' | 'heic' | 'psd', file: MediaFile, options: MediaOptions): Promise<RiskyFacts>;
  /** Null when ffprobe is missing. */
  av(file: MediaFile, type: Sniffed, options: MediaOptions): Promise<Identified | null>;
  readonly maxPixels: number;
}

const HEAD_BYTES = 64 * 1024;

async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const RASTER_TYPES: Record<string, readonly [string, string]> = {
  jpeg: ['image/jpeg', 'jpg'],
  png: ['image/png', 'png'],
  webp: ['image/webp', 'webp'],
  gif: ['image/gif', 'gif'],
  tiff: ['image/tiff', 'tif'],
  heif: ['image/avif', 'avif'],
};

async function identifyRaster(decoders: Decoders, file: MediaFile, options: MediaOptions): Promise<Identified> {
  const facts = await decoders.raster(file, file.bytes > HUGE_BYTES, options);
  const [mime, extension] = RASTER_TYPES[facts.format] ?? ['application/octet-stream', 'bin'];
  const refused = refusedSize(facts.width * facts.height, file.bytes, decoders.maxPixels);
  const animated = facts.format === 'gif' || facts.format === 'webp';
  return {
    ...bare({ kind: 'image', mime, extension }, refused === null ? null : failed('too_large', refused)),
    width: facts.width,
    height: facts.height,
    pages: animated ? 1 : facts.pages,
    frames: animated ? facts.pages : 1,
    hasAlpha: facts.hasAlpha,
    orientation: facts.orientation,
    probe: { decoder: 'raster', ...facts.probe },
  };
}

async function identifyRisky(
  decoders: Decoders,
  kind: 'svg' | 'pdf' | 'heic' | 'psd',
  type: Sniffed,
  file: MediaFile,
  options: MediaOptions,
): Promise<Identified> {
  const facts = await decoders.risky(kind, file, options);
  const vector = kind === 'svg' || kind === 'pdf';
  const refused = vector ? null : refusedSize(facts.width * facts.height, file.bytes, decoders.maxPixels);
  return {
    ...bare(type, refused === null ? null : failed('too_large', refused)),
    width: facts.width,
    height: facts.height,
    pages: facts.pages,
    frames: 1,
    hasAlpha: facts.hasAlpha,
    orientation: kind === 'heic' || kind === 'psd' ? 1 : null,
    probe: { decoder: kind, ...facts.probe },
  };
}

async function byDecoder(decoders: Decoders, file: MediaFile, type: Sniffed, head: Buffer, options: MediaOptions): Promise<Identified> {
  switch (type.family) {
    case 'raster': {
      const raw = type.extension === 'tif' ? cameraRaw(head) : null;
      if (!raw) return identifyRaster(decoders, file, options);
      return bare({ kind: 'image', ...raw }, none('unsupported_type', 'Camera raw files are stored; no preview is made of them yet.'));
    }
    case 'svg':
    case 'pdf':
    case 'heic':
    case 'psd':
      return identifyRisky(decoders, type.family, type, file, options);
    case 'av': {
      const found = await decoders.av(file, type, options);
      return found ?? bare(type, none('tool_missing', 'Video and audio need ffmpeg, which is not installed.'));
    }
    case 'empty':
      return bare(type, failed('empty', 'The file is empty.'));
    case 'playlist':
      return bare(type, none('refused', 'Playlists point to other files; they are stored but never opened.'));
    case 'raw':
      return bare(type, none('unsupported_type', 'Camera raw files are stored; no preview is made of them yet.'));
    case 'stored':
      return bare(type, none('unsupported_type', 'No preview is made of this type.'));
  }
}

/**
 * Type by the decoder: the first bytes choose it, it confirms. Bad content never throws (`problem` says what is wrong);
 * a busy pool, an abort and a missing file do.
 */
export async function identify(decoders: Decoders, file: MediaFile, name: string, options: MediaOptions): Promise<Identified> {
  const head = await headOf(file.path);
  const type = sniff(head, name);
  try {
    return await byDecoder(decoders, file, type, head, options);
  } catch (error) {
    const problem = previewProblemOf(error);
    if (!problem) throw error;
    // A text that merely begins like MPEG audio, say, is not a damaged recording.
    if (isError(error, 'decode_failed') && error.extra.reason === 'unsupported_type') return bare(type, DAMAGED);
    return bare(type, problem);
  }
}
