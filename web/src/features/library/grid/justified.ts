/** One row of pictures that share a height and fill the width. */
export interface Row {
  /** Index of the first item and one past the last. */
  readonly start: number;
  readonly end: number;
  readonly height: number;
  readonly lefts: readonly number[];
  readonly widths: readonly number[];
}

const MIN_RATIO = 0.5;
const MAX_RATIO = 2.8;

/** Width over height as drawn; what is wider or taller than the limits is cropped in the grid. */
export const clampRatio = (ratio: number): number => Math.min(MAX_RATIO, Math.max(MIN_RATIO, ratio));

function makeRow(ratios: readonly number[], start: number, end: number, height: number, gap: number): Row {
  const lefts: number[] = [];
  const widths: number[] = [];
  let left = 0;
  for (let index = start; index < end; index++) {
    const width = Math.round(ratios[index]! * height);
    lefts.push(left);
    widths.push(width);
    left += width + gap;
  }
  return { start, end, height, lefts, widths };
}

/**
 * Rows of about `target` px: each takes items until it would be lower than the target, then is scaled to fill
 * `width`. The last row keeps the target height unless it is full.
 */
export function justify(ratios: readonly number[], width: number, target: number, gap: number): Row[] {
  const rows: Row[] = [];
  let start = 0;
  let sum = 0;
  for (let index = 0; index < ratios.length; index++) {
    sum += ratios[index]!;
    const space = width - gap * (index - start);
    if (sum * target >= space) {
      const full = makeRow(ratios, start, index + 1, space / sum, gap);
      // Rounding leaves a pixel or two: the last picture takes them, so that the right edge is straight.
      const last = full.widths.length - 1;
      rows.push({ ...full, widths: full.widths.with(last, width - full.lefts[last]!) });
      start = index + 1;
      sum = 0;
    }
  }
  if (start < ratios.length) rows.push(makeRow(ratios, start, ratios.length, target, gap));
  return rows;
}

/** Rows of equal squares of at least about `target` px. */
export function squares(count: number, width: number, target: number, gap: number): Row[] {
  const columns = Math.max(2, Math.round((width + gap) / (target + gap)));
  const size = (width - gap * (columns - 1)) / columns;
  const rows: Row[] = [];
  for (let start = 0; start < count; start += columns) {
    const end = Math.min(count, start + columns);
    const places = Array.from({ length: end - start }, (_, index) => index);
    rows.push({
      start,
      end,
      height: size,
      lefts: places.map((place) => Math.round(place * (size + gap))),
      widths: places.map(() => Math.floor(size)),
    });
  }
  return rows;
}

/** Index of the item above or below, the one whose middle is nearest. */
export function verticalNeighbour(rows: readonly Row[], index: number, step: 1 | -1): number | null {
  const at = rows.findIndex((row) => index >= row.start && index < row.end);
  const row = rows[at];
  const other = rows[at + step];
  if (!row || !other) return null;
  const middle = row.lefts[index - row.start]! + row.widths[index - row.start]! / 2;
  let best = 0;
  for (let place = 1; place < other.lefts.length; place++) {
    const distance = (candidate: number) => Math.abs(other.lefts[candidate]! + other.widths[candidate]! / 2 - middle);
    if (distance(place) < distance(best)) best = place;
  }
  return other.start + best;
}
