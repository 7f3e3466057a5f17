import type { Fill, PixelOp, Rgba } from '../../plan.ts';
import { clamp, fromRaw, inColour, over, type Raw, toRaw, withAlpha } from '../raw.ts';

/** A larger canvas with something of the picture behind it. */

type FillOp = Extract<PixelOp, { op: 'fill' }>;

/** Blurring a picture this wide and enlarging the result cannot be told from blurring it whole. */
const BLUR_SIDE = 400;
/** Blur of `auto`, as a part of the longer side. */
const AUTO_SIGMA = 1 / 40;

async function blurred(raw: Raw, width: number, height: number, { sigma, brightness }: Extract<Fill, { kind: 'blurred' }>): Promise<Raw> {
  const longest = Math.max(width, height);
  const scale = Math.min(1, BLUR_SIDE / longest);
  const small = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const opaque = fromRaw(await inColour(raw)).flatten({ background: '#000' });
  const cover = await toRaw(opaque.resize(small.width, small.height, { fit: 'cover' }));
  const strength = Math.max(0.3, (sigma ?? longest * AUTO_SIGMA) * scale);
  const soft = await toRaw(fromRaw(cover).blur(strength));
  const lit = brightness === 0 ? soft : await toRaw(fromRaw(soft).linear(1, brightness));
  return toRaw(fromRaw(lit).resize(width, height, { fit: 'fill' }));
}

function solid(width: number, height: number, { r, g, b }: { r: number; g: number; b: number }): Raw {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at += 3) {
    data[at] = r;
    data[at + 1] = g;
    data[at + 2] = b;
  }
  return { data, width, height, channels: 3 };
}

/** Mean colour of a box. */
async function mean(raw: Raw, box: { left: number; top: number; width: number; height: number }): Promise<Rgba> {
  const { channels } = await fromRaw(await toRaw(fromRaw(raw).extract(box))).stats();
  const [r = 0, g = 0, b = 0] = channels.map((channel) => channel.mean);
  return { r, g, b, alpha: 1 };
}

/** Each corner has a colour and those between are mixed: two colours are two equal pairs of corners. */
async function edges(raw: Raw, width: number, height: number, colours: 2 | 4): Promise<Raw> {
  const picture = await inColour(raw);
  const w = Math.max(1, Math.round(picture.width / 10));
  const h = Math.max(1, Math.round(picture.height / 10));
  const [right, low] = [picture.width - w, picture.height - h];
  const upright = height / width > picture.height / picture.width;
  const box = (left: number, top: number, boxWidth = w, boxHeight = h) => mean(picture, { left, top, width: boxWidth, height: boxHeight });
  let four: Rgba[];
  if (colours === 4) four = await Promise.all([box(0, 0), box(right, 0), box(0, low), box(right, low)]);
  else if (upright) {
    const [top, bottom] = await Promise.all([box(0, 0, picture.width, h), box(0, low, picture.width, h)]);
    four = [top, top, bottom, bottom];
  } else {
    const [start, end] = await Promise.all([box(0, 0, w, picture.height), box(right, 0, w, picture.height)]);
    four = [start, end, start, end];
  }
  const corner = four.flatMap(({ r, g, b }) => [clamp(Math.round(r)), clamp(Math.round(g)), clamp(Math.round(b))]);
  return toRaw(
    fromRaw({ data: Buffer.from(corner), width: 2, height: 2, channels: 3 }).resize(width, height, { fit: 'fill', kernel: 'linear' }),
  );
}

export async function background(raw: Raw, width: number, height: number, fill: Fill): Promise<Raw> {
  if (fill.kind === 'blurred') return blurred(raw, width, height, fill);
  if (fill.kind === 'edges') return edges(raw, width, height, fill.colours);
  return solid(width, height, (await fromRaw(await inColour(raw)).stats()).dominant);
}

export async function fill(raw: Raw, op: FillOp): Promise<Raw> {
  const behind = await background(raw, op.width, op.height, op.fill);
  return over(behind, await withAlpha(raw), op.left, op.top);
}
