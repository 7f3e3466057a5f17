import sharp, { type Sharp } from 'sharp';
import type { Measured } from '../plan.ts';

/** Decoded pixels between two operations: sRGB, 8 bits, not premultiplied. */
export interface Raw {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

export const fromRaw = (raw: Raw): Sharp => sharp(raw.data, { raw: { width: raw.width, height: raw.height, channels: raw.channels } });

export async function toRaw(pipeline: Sharp): Promise<Raw> {
  const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

export const hasAlpha = (raw: Raw): boolean => raw.channels === 2 || raw.channels === 4;

export const measured = (raw: Raw): Measured => ({ width: raw.width, height: raw.height, hasAlpha: hasAlpha(raw) });

/** Three channels, or four where there is alpha. */
export async function inColour(raw: Raw): Promise<Raw> {
  return raw.channels >= 3 ? raw : toRaw(fromRaw(raw).toColourspace('srgb'));
}

export async function withAlpha(raw: Raw): Promise<Raw> {
  return raw.channels === 4 ? raw : toRaw(fromRaw(raw).toColourspace('srgb').ensureAlpha());
}

/** A copy of the same shape that may be written to. */
export const copyOf = (raw: Raw): Raw => ({ ...raw, data: Buffer.from(raw.data) });

export const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);

/** Puts `top` on `under` with its corner at left, top (may be negative); what lies outside is cut. The size stays that of `under`. */
export async function over(
  under: Raw,
  top: Raw,
  left: number,
  upper: number,
  blend: 'over' | 'multiply' | 'dest-out' | 'dest-in' = 'over',
): Promise<Raw> {
  const x = Math.max(0, left);
  const y = Math.max(0, upper);
  const width = Math.min(under.width, left + top.width) - x;
  const height = Math.min(under.height, upper + top.height) - y;
  // Outside altogether: nothing to lay on, and nothing but a hole to keep.
  if (width <= 0 || height <= 0) return blend === 'dest-in' ? blank(under.width, under.height) : under;
  const whole = width === top.width && height === top.height;
  const visible = whole ? top : await toRaw(fromRaw(top).extract({ left: x - left, top: y - upper, width, height }));
  const base = blend === 'over' || blend === 'multiply' ? await inColour(under) : await withAlpha(under);
  const { data, width: w, height: h, channels } = await withAlpha(visible);
  const composed = await toRaw(fromRaw(base).composite([{ input: data, raw: { width: w, height: h, channels }, left: x, top: y, blend }]));
  // Compositing gives alpha to all; what was opaque stays so.
  return hasAlpha(base) || (blend !== 'over' && blend !== 'multiply') ? composed : toRaw(fromRaw(composed).removeAlpha());
}

/** Transparent pixels. */
export function blank(width: number, height: number): Raw {
  return { data: Buffer.alloc(width * height * 4), width, height, channels: 4 };
}
