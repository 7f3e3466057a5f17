const SIDE = 32;
const LOW = 8;

/** cos((2x+1)uπ/64) for the eight lowest frequencies. */
const COSINES = Array.from({ length: LOW }, (_, u) =>
  Float64Array.from({ length: SIDE }, (_unused, x) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * SIDE))),
);

/** The 8x8 lowest DCT-II coefficients of a 32x32 grey picture, row by row (unscaled: only their order counts). */
function lowFrequencies(grey: Uint8Array): Float64Array {
  const rows = new Float64Array(SIDE * LOW);
  for (let y = 0; y < SIDE; y++) {
    for (const [u, cosines] of COSINES.entries()) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += (grey[y * SIDE + x] ?? 0) * (cosines[x] ?? 0);
      rows[y * LOW + u] = sum;
    }
  }
  const out = new Float64Array(LOW * LOW);
  for (const [v, cosines] of COSINES.entries()) {
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += (rows[y * LOW + u] ?? 0) * (cosines[y] ?? 0);
      out[v * LOW + u] = sum;
    }
  }
  return out;
}

/**
 * 64-bit perceptual hash (DCT) of 32x32 grey bytes as 16 hex digits: a bit says whether a low frequency is above the
 * median of all but the mean brightness, so scaling, recompression and brightness leave it nearly unchanged.
 */
export function perceptualHash(grey: Uint8Array): string {
  const low = lowFrequencies(grey);
  const sorted = low.slice(1).sort();
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  let bits = 0n;
  for (const value of low) bits = (bits << 1n) | (value > median ? 1n : 0n);
  return bits.toString(16).padStart(16, '0');
}
