import type { PixelOp } from '../../plan.ts';
import { clamp, copyOf, fromRaw, hasAlpha, inColour, type Raw, toRaw, withAlpha } from '../raw.ts';

/** Brightness, colour and sharpness. */

type Op<K extends PixelOp['op']> = Extract<PixelOp, { op: K }>;

/** Rec. 709 luma of 8-bit sRGB values. */
const luma = (r: number, g: number, b: number): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Three equal channels, since what is drawn on it later may have colours; sharp would leave alpha out. */
export async function greyscale(raw: Raw): Promise<Raw> {
  const grey = await inColour(await toRaw(fromRaw(raw).removeAlpha().greyscale()));
  if (!hasAlpha(raw)) return grey;
  const out = copyOf(await withAlpha(raw));
  for (let at = 0, from = 0; at < out.data.length; at += 4, from += 3) grey.data.copy(out.data, at, from, from + 3);
  return out;
}

export const stretch = (raw: Raw): Promise<Raw> => toRaw(fromRaw(raw).normalise());

/** Strength 10 is libvips' own: flat areas get as much as the strength, edges twice that. */
export const sharpen = (raw: Raw, { strength }: Op<'sharpen'>): Promise<Raw> =>
  toRaw(fromRaw(raw).sharpen({ sigma: 1, m1: strength / 10, m2: strength / 5 }));

/** ImageMagick's unsharp mask: `threshold` is a part of the full scale, compared with twice the difference. */
export async function unsharp(raw: Raw, { sigma, amount, threshold }: Op<'unsharp'>): Promise<Raw> {
  const input = await inColour(raw);
  const soft = (await toRaw(fromRaw(input).blur(sigma))).data;
  const out = copyOf(input);
  const stride = input.channels;
  for (let at = 0; at < out.data.length; at += stride) {
    for (let c = 0; c < 3; c++) {
      const own = input.data[at + c] as number;
      const difference = own - (soft[at + c] as number);
      if (Math.abs(2 * difference) >= threshold * 255) out.data[at + c] = clamp(Math.round(own + amount * difference));
    }
  }
  return out;
}

/** Black to the colour to white, by lightness: grey tints to greyscale. */
export async function tint(raw: Raw, { colour, intensity }: Op<'tint'>): Promise<Raw> {
  const out = copyOf(await inColour(raw));
  const { data, channels } = out;
  const target = [colour.r, colour.g, colour.b] as const;
  const table = target.map((value) =>
    Float64Array.from({ length: 256 }, (_, l) => (l < 128 ? (value * l) / 128 : value + ((255 - value) * (l - 128)) / 127)),
  );
  for (let at = 0; at < data.length; at += channels) {
    const l = Math.round(luma(data[at] as number, data[at + 1] as number, data[at + 2] as number));
    for (let c = 0; c < 3; c++) {
      const own = data[at + c] as number;
      data[at + c] = Math.round(own + intensity * ((table[c]?.[l] as number) - own));
    }
  }
  return out;
}

/** Largest distance of two colours. */
const FARTHEST = Math.sqrt(3) * 255;

/** What is within the tolerance of `from` moves by as much as `from` to `to`, so shades stay shades. */
export async function recolour(raw: Raw, { to, from, tolerance }: Op<'recolour'>): Promise<Raw> {
  const input = await inColour(raw);
  const source = from ?? (await fromRaw(input).stats()).dominant;
  const out = copyOf(input);
  const { data, channels } = out;
  const reach = Math.max(1, (tolerance / 100) * FARTHEST);
  for (let at = 0; at < data.length; at += channels) {
    const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    if (Math.hypot(r - source.r, g - source.g, b - source.b) > reach) continue;
    data[at] = clamp(to.r + r - source.r);
    data[at + 1] = clamp(to.g + g - source.g);
    data[at + 2] = clamp(to.b + b - source.b);
  }
  return out;
}

/** Multiplies alpha. */
export async function opacity(raw: Raw, { factor }: Op<'opacity'>): Promise<Raw> {
  const out = copyOf(await withAlpha(raw));
  for (let at = 3; at < out.data.length; at += 4) out.data[at] = Math.round((out.data[at] as number) * factor);
  return out;
}
