import type { PreviewReason } from '../media.ts';

/** What was too large, given and allowed in the limit's own unit. */
export interface RasterLimit {
  readonly limit: string;
  readonly given: number;
  readonly allowed: number;
}

/** Why a raster could not be made; plain enough to cross from a media child. */
export class RasterError extends Error {
  readonly reason: PreviewReason;
  /** Of `too_large`, where it is known. */
  readonly limit: RasterLimit | null;

  constructor(reason: PreviewReason, message: string, cause?: unknown, limit: RasterLimit | null = null) {
    super(message, { cause });
    this.name = 'RasterError';
    this.reason = reason;
    this.limit = limit;
  }
}

/** Over a limit; the message says the same in words. */
export const tooLarge = (message: string, limit: RasterLimit, cause?: unknown): RasterError =>
  new RasterError('too_large', message, cause, limit);

/** Translates sharp's messages. libvips has no error codes, so this is the one place that reads texts. */
export function toRasterError(error: unknown): RasterError {
  if (error instanceof RasterError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/pixel limit|too large|exceeds/i.test(text)) return new RasterError('too_large', 'The picture has too many pixels.', error);
  if (/unsupported image format|unsupported .* format/i.test(text)) {
    return new RasterError('unsupported_type', 'The picture is of a kind that is not decoded here.', error);
  }
  return new RasterError('damaged', 'The picture could not be decoded; it may be damaged.', error);
}
