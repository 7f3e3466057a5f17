import type { DominantColour } from '../media.ts';

/** A colour in OKLab; distances there follow what people see. */
interface Lab {
  readonly L: number;
  readonly a: number;
  readonly b: number;
}

function linear(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

/** sRGB (0-255) to OKLab. Matrices: B. Ottosson, "A perceptual color space for image processing". */
function oklab(red: number, green: number, blue: number): Lab {
  const r = linear(red);
  const g = linear(green);
  const b = linear(blue);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    L: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

/** Upper hue bound in OKLCH degrees of each family, in order; above the last it is red again. */
const HUES: readonly (readonly [number, string])[] = [
  [12, 'pink'],
  [42, 'red'],
  [80, 'orange'],
  [118, 'yellow'],
  [163, 'green'],
  [222, 'teal'],
  [284, 'blue'],
  [328, 'purple'],
  [360, 'pink'],
];

/** The colour family a person would name, out of thirteen. */
export function colourName(red: number, green: number, blue: number): string {
  const { L, a, b } = oklab(red, green, blue);
  const chroma = Math.hypot(a, b);
  if (L < 0.2 || (L < 0.27 && chroma < 0.04)) return 'black';
  if (chroma < (L > 0.85 ? 0.02 : 0.03)) return L > 0.93 ? 'white' : 'grey';
  const hue = ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  const family = HUES.find(([bound]) => hue < bound)?.[1] ?? 'red';
  if (family === 'orange' && (L < 0.62 || chroma < 0.09)) return L > 0.85 ? 'orange' : 'brown';
  if (family === 'yellow' && L < 0.55) return hue < 100 ? 'brown' : 'green';
  if (family === 'red' && L < 0.42 && chroma < 0.1) return 'brown';
  if (family === 'red' && L > 0.72) return hue > 34 ? 'orange' : 'pink';
  // Deep magentas read as purple, bright ones as pink.
  if (family === 'pink' && L < 0.6 && hue > 300 && hue < 345) return 'purple';
  return family;
}

interface Cluster {
  red: number;
  green: number;
  blue: number;
  count: number;
}

/** Counts opaque pixels in cells of 16 levels per channel, with their sums. */
function cellsOf(rgba: Uint8Array): { cells: Cluster[]; total: number } {
  const cells = new Map<number, Cluster>();
  let total = 0;
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    if ((rgba[at + 3] ?? 0) < 128) continue;
    const red = rgba[at] ?? 0;
    const green = rgba[at + 1] ?? 0;
    const blue = rgba[at + 2] ?? 0;
    const key = ((red >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4);
    const cell = cells.get(key);
    total += 1;
    if (!cell) cells.set(key, { red, green, blue, count: 1 });
    else {
      cell.red += red;
      cell.green += green;
      cell.blue += blue;
      cell.count += 1;
    }
  }
  return { cells: [...cells.values()].sort((x, y) => y.count - x.count), total };
}

const labOf = (c: Cluster): Lab => oklab(c.red / c.count, c.green / c.count, c.blue / c.count);
const distance = (x: Lab, y: Lab): number => Math.hypot(x.L - y.L, x.a - y.a, x.b - y.b);
/** Cells nearer than this (OKLab) count as one colour. */
const SAME = 0.11;
const LEAST_SHARE = 0.01;

const hexOf = (channels: readonly number[]): string => `#${channels.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;

/** At most five colours that make up the picture, largest share first; empty when it is transparent. `rgba`: 8-bit pixels. */
export function dominantColours(rgba: Uint8Array, most = 5): DominantColour[] {
  const { cells, total } = cellsOf(rgba);
  const clusters: { sum: Cluster; lab: Lab }[] = [];
  for (const cell of cells) {
    const lab = labOf(cell);
    const near = clusters
      .map((cluster) => ({ cluster, d: distance(cluster.lab, lab) }))
      .reduce<{ cluster: (typeof clusters)[number]; d: number } | null>((best, each) => (best && best.d <= each.d ? best : each), null);
    if (!near || near.d >= SAME) clusters.push({ sum: { ...cell }, lab });
    else {
      const { sum } = near.cluster;
      sum.red += cell.red;
      sum.green += cell.green;
      sum.blue += cell.blue;
      sum.count += cell.count;
    }
  }
  return clusters
    .map(({ sum }) => ({ rgb: [sum.red / sum.count, sum.green / sum.count, sum.blue / sum.count] as const, share: sum.count / total }))
    .sort((x, y) => y.share - x.share)
    .filter((colour, index) => index === 0 || colour.share >= LEAST_SHARE)
    .slice(0, most)
    .map(({ rgb, share }) => ({ hex: hexOf(rgb), name: colourName(...rgb), share: Math.round(share * 1000) / 1000 }));
}
