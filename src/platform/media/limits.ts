/** Largest picture that is decoded at all, px: once, at ingest, in the sandbox. */
export const HUGE_PIXELS = 1_000_000_000;
/** Larger originals are decoded once, at ingest, in the sandbox. */
export const HUGE_BYTES = 100 * 2 ** 20;
/** A huge picture with more pixels than this per byte is a bomb: real ones stay two orders below. */
const BOMB_PIXELS_PER_BYTE = 1000;

/** Why a picture of this size is not decoded, in words; null when it is. `pixels` of one page. */
export function refusedSize(pixels: number, bytes: number, maxPixels: number): string | null {
  const megapixels = (n: number) => `${Math.round(n / 1e6).toLocaleString('en')} megapixels`;
  if (pixels > HUGE_PIXELS) return `The picture has ${megapixels(pixels)}; at most ${megapixels(HUGE_PIXELS)} are decoded.`;
  if (pixels > maxPixels && pixels > bytes * BOMB_PIXELS_PER_BYTE) {
    return `The picture claims ${megapixels(pixels)} in ${bytes.toLocaleString('en')} bytes, which no real picture does.`;
  }
  return null;
}
