import type { PixelOp } from '../../plan.ts';
import { blank, type Raw, withAlpha } from '../raw.ts';

/** Perspective and arc: every pixel of the result looks up where it comes from. Sizes stay. */

type Op<K extends PixelOp['op']> = Extract<PixelOp, { op: K }>;

/** Bilinear, premultiplied; outside is transparent. */
function warp(picture: Raw, source: (x: number, y: number) => readonly [number, number] | null): Raw {
  const { width, height, data } = picture;
  const out = blank(width, height);
  const sum = [0, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = source(x + 0.5, y + 0.5);
      if (!from) continue;
      const [fx, fy] = [from[0] - 0.5, from[1] - 0.5];
      const [x0, y0] = [Math.floor(fx), Math.floor(fy)];
      if (x0 < -1 || y0 < -1 || x0 >= width || y0 >= height) continue;
      sum.fill(0);
      for (const [px, py, weight] of [
        [x0, y0, (x0 + 1 - fx) * (y0 + 1 - fy)],
        [x0 + 1, y0, (fx - x0) * (y0 + 1 - fy)],
        [x0, y0 + 1, (x0 + 1 - fx) * (fy - y0)],
        [x0 + 1, y0 + 1, (fx - x0) * (fy - y0)],
      ] as const) {
        if (px < 0 || py < 0 || px >= width || py >= height || weight === 0) continue;
        const at = (py * width + px) * 4;
        const alpha = (data[at + 3] as number) * weight;
        sum[0] = (sum[0] as number) + (data[at] as number) * alpha;
        sum[1] = (sum[1] as number) + (data[at + 1] as number) * alpha;
        sum[2] = (sum[2] as number) + (data[at + 2] as number) * alpha;
        sum[3] = (sum[3] as number) + alpha;
      }
      const alpha = sum[3] as number;
      if (alpha === 0) continue;
      const at = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) out.data[at + c] = Math.round((sum[c] as number) / alpha);
      out.data[at + 3] = Math.round(alpha);
    }
  }
  return out;
}

/** Solves `matrix · x = right` by elimination with pivots; null when it has no one solution. */
function solve(matrix: number[][], right: number[]): number[] | null {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = row;
    }
    const top = rows[pivot] as number[];
    if (Math.abs(top[column] as number) < 1e-9) return null;
    rows[pivot] = rows[column] as number[];
    rows[column] = top;
    for (let row = 0; row < n; row++) {
      const other = rows[row] as number[];
      if (row === column) continue;
      const factor = (other[column] as number) / (top[column] as number);
      for (let at = column; at <= n; at++) other[at] = (other[at] as number) - factor * (top[at] as number);
    }
  }
  return rows.map((row, i) => (row[n] as number) / (row[i] as number));
}

/** The homography that takes the four given points to the corners of a picture of this size; null when they are no quadrilateral. */
export function homography(points: readonly number[], width: number, height: number): ((x: number, y: number) => [number, number]) | null {
  const targets = [0, 0, width, 0, width, height, 0, height];
  const matrix: number[][] = [];
  const right: number[] = [];
  for (let i = 0; i < 4; i++) {
    const [x, y, u, v] = [points[2 * i], points[2 * i + 1], targets[2 * i], targets[2 * i + 1]] as [number, number, number, number];
    matrix.push([x, y, 1, 0, 0, 0, -x * u, -y * u], [0, 0, 0, x, y, 1, -x * v, -y * v]);
    right.push(u, v);
  }
  const h = solve(matrix, right);
  if (!h) return null;
  const [a, b, c, d, e, f, g, k] = h as [number, number, number, number, number, number, number, number];
  return (x, y) => {
    const w = g * x + k * y + 1;
    return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
  };
}

/** Corners that are no quadrilateral leave the picture as it is: the planner refuses those it can see. */
export async function perspective(raw: Raw, { corners }: Op<'perspective'>): Promise<Raw> {
  const picture = await withAlpha(raw);
  const back = homography(corners, picture.width, picture.height);
  return back ? warp(picture, back) : picture;
}

/** Rows become circles round a common centre below the picture (above it for negative degrees); its middle column stays upright. */
export async function arc(raw: Raw, { degrees }: Op<'arc'>): Promise<Raw> {
  const picture = await withAlpha(raw);
  const { width, height } = picture;
  const span = Math.abs((degrees * Math.PI) / 180);
  const down = degrees < 0;
  // The whole arc must fit: its outer radius gives the width at most, and its depth the height.
  const outer = span >= Math.PI ? width / 2 : width / 2 / Math.sin(span / 2);
  const thickness = Math.min(outer, Math.max(1, height - outer * (1 - Math.cos(Math.min(Math.PI, span) / 2))));
  return warp(picture, (x, y) => {
    const fromTop = down ? height - y : y;
    const [dx, dy] = [x - width / 2, outer - fromTop];
    const radius = Math.hypot(dx, dy);
    const angle = Math.atan2(dx, dy);
    if (Math.abs(angle) > span / 2 || radius > outer || radius < outer - thickness) return null;
    const depth = ((outer - radius) / thickness) * height;
    return [(angle / span + 0.5) * width, down ? height - depth : depth];
  });
}
