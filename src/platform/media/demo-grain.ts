/**
 * The little noise a sensor leaves: a tile of grey noise laid over a picture in soft light. A table of every value under every
 * noise does it in a small part of the time that compositing in floating point takes.
 */

const SIGMA = 9;
/** Bytes of noise in a row and rows of it; odd, so that rows of pictures do not fall in step with it. */
const ROW = 769;
const ROWS = 257;

/** Values 0-255 around 128; the same in every run. */
function noise(): Uint8Array {
  let state = 0x9e3779b9;
  const uniform = (): number => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    state = (state + 0x6d2b79f5) | 0;
    return (((state ^ (state >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const gaussian = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Uint8Array.from({ length: ROW * ROWS }, () => Math.max(0, Math.min(255, Math.round(128 + SIGMA * gaussian()))));
}

/** W3C Compositing 1, 9.1.10: `soft-light`; both 0-1. */
function softLight(below: number, above: number): number {
  if (above <= 0.5) return below - (1 - 2 * above) * below * (1 - below);
  const d = below <= 0.25 ? ((16 * below - 12) * below + 4) * below : Math.sqrt(below);
  return below + (2 * above - 1) * (d - below);
}

/** At `noise << 8 | value` what becomes of the value. */
function mixed(): Uint8Array {
  return Uint8Array.from({ length: 256 * 256 }, (_, at) => Math.round(255 * softLight((at & 255) / 255, (at >> 8) / 255)));
}

let tables: { noise: Uint8Array; mixed: Uint8Array } | null = null;

/** Changes 8-bit pixels in place. @param rowBytes of the picture */
export function addGrain(pixels: Uint8Array, rowBytes: number): void {
  tables ??= { noise: noise(), mixed: mixed() };
  const { noise: tile, mixed: mix } = tables;
  for (let start = 0, row = 0; start < pixels.length; start += rowBytes, row++) {
    const end = Math.min(start + rowBytes, pixels.length);
    let from = (row % ROWS) * ROW;
    const wrap = from + ROW;
    for (let at = start; at < end; at++) {
      pixels[at] = mix[((tile[from] ?? 128) << 8) | (pixels[at] ?? 0)] ?? 0;
      if (++from === wrap) from -= ROW;
    }
  }
}
