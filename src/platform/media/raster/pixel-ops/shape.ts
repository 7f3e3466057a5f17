import type { PixelOp, Rgba } from '../../plan.ts';
import { blank, copyOf, fromRaw, over, type Raw, toRaw, withAlpha } from '../raw.ts';

/** Corners, margins, shadows and overlays drawn on the picture. */

type Op<K extends PixelOp['op']> = Extract<PixelOp, { op: K }>;

/** Cuts a margin like the corner's colour, and a transparent one; a picture of one colour stays as it is. */
export async function trim(raw: Raw, { threshold }: Op<'trim'>): Promise<Raw> {
  // libvips looks for what differs from the corner by more than this, and refuses less than 3 x 3 px.
  if (raw.width < 3 || raw.height < 3) return raw;
  return toRaw(fromRaw(raw).trim({ threshold }));
}

/** How much of the pixel at x, y lies inside a corner circle of radius r whose centre is cx, cy: 0-1, smooth over one pixel. */
const inside = (x: number, y: number, cx: number, cy: number, rx: number, ry: number): number => {
  const distance = Math.hypot((x - cx) / rx, (y - cy) / ry);
  return Math.min(1, Math.max(0, (1 - distance) * Math.min(rx, ry) + 0.5));
};

/** Rounds the corners; radii that do not fit beside each other shrink together, as in CSS. */
export async function corners(raw: Raw, { radii }: Op<'corners'>): Promise<Raw> {
  const out = copyOf(await withAlpha(raw));
  const { width, height, data } = out;
  const fade = (x: number, y: number, part: number) => {
    const at = (y * width + x) * 4 + 3;
    data[at] = Math.round((data[at] as number) * part);
  };
  if (radii === 'max') {
    const [rx, ry] = [width / 2, height / 2];
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) fade(x, y, inside(x + 0.5, y + 0.5, rx, ry, rx, ry));
    return out;
  }
  const [a, b, c, d] = radii;
  const shrink = Math.min(1, width / Math.max(1, a + b, c + d), height / Math.max(1, b + c, d + a));
  for (const [index, wanted] of radii.entries()) {
    const r = wanted * shrink;
    const right = index === 1 || index === 2;
    const low = index >= 2;
    const [cx, cy] = [right ? width - r : r, low ? height - r : r];
    const [x0, x1] = right ? [Math.floor(width - r), width] : [0, Math.ceil(r)];
    const [y0, y1] = low ? [Math.floor(height - r), height] : [0, Math.ceil(r)];
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) fade(x, y, inside(x + 0.5, y + 0.5, cx, cy, r, r));
  }
  return out;
}

/** A soft black copy of the shape behind it. Nothing is drawn outside the canvas. */
export async function shadow(raw: Raw, { sigma, opacity, x, y }: Op<'shadow'>): Promise<Raw> {
  const picture = await withAlpha(raw);
  const silhouette = blank(picture.width, picture.height);
  for (let at = 3; at < picture.data.length; at += 4) silhouette.data[at] = Math.round((picture.data[at] as number) * opacity);
  const soft = sigma >= 0.3 ? await toRaw(fromRaw(silhouette).blur(sigma)) : silhouette;
  return over(await over(blank(picture.width, picture.height), soft, x, y), picture, 0, 0);
}

const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

/** Pixels of a linear gradient, blended premultiplied so that a transparent end has no colour. */
function gradientPixels(width: number, height: number, angle: number, from: Rgba, to: Rgba, stop: number): Raw {
  const out = blank(width, height);
  const radians = (angle * Math.PI) / 180;
  const [dx, dy] = [Math.sin(radians), -Math.cos(radians)];
  // The line is as long as CSS has it: its ends touch the corners.
  const length = Math.abs(width * dx) + Math.abs(height * dy);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = ((x + 0.5 - width / 2) * dx + (y + 0.5 - height / 2) * dy) / length + 0.5;
      const t = Math.min(1, Math.max(0, along / stop));
      const alpha = mix(from.alpha, to.alpha, t);
      const channel = (a: number, b: number) => (alpha === 0 ? 0 : mix(a * from.alpha, b * to.alpha, t) / alpha);
      const at = (y * width + x) * 4;
      out.data[at] = Math.round(channel(from.r, to.r));
      out.data[at + 1] = Math.round(channel(from.g, to.g));
      out.data[at + 2] = Math.round(channel(from.b, to.b));
      out.data[at + 3] = Math.round(alpha * 255);
    }
  }
  return out;
}

export const gradient = (raw: Raw, { angle, from, to, stop }: Op<'gradient'>): Promise<Raw> =>
  over(raw, gradientPixels(raw.width, raw.height, angle, from, to, stop), 0, 0);
