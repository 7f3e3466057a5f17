import { z } from 'zod';
import { boxOn, centreOf } from '../renditions.framing.ts';
import {
  type Box,
  type Crop,
  CROPS,
  type Geometry,
  geometry,
  type Point,
  POSITIONS,
  type Position,
  type Size,
} from '../renditions.geometry.ts';
import { badParameter, overLimit } from '../renditions.problem.ts';
import { asksAttention } from './focus.ts';
import { BLACK, type Canvas, defineOperation, MAX_PIXEL_WORK, MAX_PIXELS, MAX_SIDE, push } from './operation.ts';
import { type Backdrop, background, isFill, type Length, length, lengthOn, number } from './values.ts';

/** A device pixel ratio that would make a side longer than this is ignored (delivery-urls 4.1). */
const DPR_MAX_SIDE = 5_000;

const crop = z.enum(CROPS);

/** `4-3`, `4_3`, `1.33` or an expression. */
const ratio = z.string().transform((text, context): Length => {
  const sides = /^(\d+(?:\.\d+)?)[-_](\d+(?:\.\d+)?)$/.exec(text);
  if (sides && Number(sides[2]) > 0) return { kind: 'number', value: Number(sides[1]) / Number(sides[2]) };
  const parsed = length().safeParse(text);
  if (parsed.success) return parsed.data;
  context.issues.push({ code: 'custom', message: 'a ratio such as 4-3 is expected', input: text });
  return z.NEVER;
});

/** Values of `fo` that ask for what a person marked in the asset; the second knows what to do without. */
export const BY_FRAMING: ReadonlySet<string> = new Set(['custom', 'auto-custom_override']);

/** A position, anything that means "the interesting part", or what a person marked. */
type Focus = Position | 'attention' | 'custom' | 'custom_or_attention';

const focus = z.string().transform((text, context): Focus => {
  const position = POSITIONS.find((each) => each === text);
  if (position) return position;
  if (BY_FRAMING.has(text)) return text === 'custom' ? 'custom' : 'custom_or_attention';
  if (asksAttention(text)) return 'attention';
  context.issues.push({ code: 'custom', message: 'a position, auto, face or an object is expected', input: text });
  return z.NEVER;
});

const args = z.object({
  w: length({ auto: true }).optional(),
  h: length().optional(),
  ar: ratio.optional(),
  dpr: length({ auto: true }).optional(),
  c: crop.optional(),
  cm: crop.optional(),
  fo: focus.optional(),
  // Closer or wider around a face: without a detector there is none, and that must not fail the picture (delivery-urls 4.2).
  z: number(0.01, 100).optional(),
  x: length({ signed: true }).optional(),
  y: length({ signed: true }).optional(),
  xc: length({ signed: true }).optional(),
  yc: length({ signed: true }).optional(),
  bg: background,
});
type Args = z.infer<typeof args>;

/** One requested side in px before dpr; null when it is not asked for. */
function side(key: 'w' | 'h', value: Length | undefined, canvas: Canvas): number | null {
  if (value === undefined) return null;
  if (value.kind === 'auto') return canvas.hints.width === null ? null : Math.ceil(canvas.hints.width / 100) * 100;
  const input = key === 'w' ? canvas.width : canvas.height;
  const given = lengthOn(key, value, canvas);
  // A fraction is of the step's input, and exactly 1 means all of it; only a literal can be one.
  const px = value.kind === 'number' && given > 0 && given <= 1 ? given * input : given;
  if (!(px > 0)) throw badParameter(key, `${key} must be more than 0`);
  return Math.max(1, Math.round(px));
}

function pixelRatio(value: Length | undefined, canvas: Canvas): number {
  if (value === undefined) return 1;
  if (value.kind === 'auto') return Math.min(5, Math.max(0.1, canvas.hints.dpr ?? 1));
  const dpr = lengthOn('dpr', value, canvas);
  if (dpr < 0.1 || dpr > 5) throw badParameter('dpr', 'dpr must be from 0.1 to 5');
  return dpr;
}

/** Both sides after ratio and dpr. */
function wanted(step: Args, canvas: Canvas): { width: number | null; height: number | null } {
  let width = side('w', step.w, canvas);
  let height = side('h', step.h, canvas);
  if (step.ar && step.ar.kind !== 'auto' && (width === null) !== (height === null)) {
    const value = lengthOn('ar', step.ar, canvas);
    if (!(value > 0)) throw badParameter('ar', 'ar must be more than 0');
    if (height === null && width !== null) height = Math.max(1, Math.round(width / value));
    else if (width === null && height !== null) width = Math.max(1, Math.round(height * value));
  }
  const dpr = pixelRatio(step.dpr, canvas);
  const times = (px: number | null) => (px === null ? null : Math.round(px * dpr));
  const larger = { width: times(width), height: times(height) };
  const fits = [larger.width, larger.height].every((px) => px === null || (px >= 1 && px <= DPR_MAX_SIDE));
  const out = dpr !== 1 && fits ? larger : { width, height };
  for (const key of ['width', 'height'] as const) {
    const px = out[key];
    if (px !== null && px > MAX_SIDE) throw overLimit(key, px, MAX_SIDE);
  }
  return out;
}

const optional = (key: 'x' | 'y' | 'xc' | 'yc', value: Length | undefined, canvas: Canvas): number | null =>
  value === undefined || value.kind === 'auto' ? null : lengthOn(key, value, canvas);

const tooLarge = (size: Size) => size.width * size.height > MAX_PIXELS || Math.max(size.width, size.height) > MAX_SIDE;

/** The part of the unscaled canvas that a cut out of the scaled one shows. */
function unscaled(box: Box, scale: Size, canvas: Size): Box {
  const x = canvas.width / scale.width;
  const y = canvas.height / scale.height;
  const left = Math.min(canvas.width - 1, Math.floor(box.left * x));
  const top = Math.min(canvas.height - 1, Math.floor(box.top * y));
  const width = Math.min(canvas.width - left, Math.max(1, Math.round(box.width * x)));
  const height = Math.min(canvas.height - top, Math.max(1, Math.round(box.height * y)));
  return { left, top, width, height };
}

function applyGeometry(canvas: Canvas, todo: Geometry, at: 'attention' | null, behind: Backdrop): Canvas {
  const { scale, extract, pad } = todo;
  let next = canvas;
  if (scale && extract && tooLarge(scale)) {
    // A sliver enlarged to cover would be a huge picture of which nearly all is cut away: cut first.
    const box = unscaled(extract, scale, canvas);
    next = push(push(next, { op: 'extract', ...box }, box), { op: 'scale', width: extract.width, height: extract.height }, extract);
  } else if (extract && at === 'attention') {
    next = push(next, { op: 'attention', width: extract.width, height: extract.height }, extract);
  } else {
    if (scale) next = push(next, { op: 'scale', width: scale.width, height: scale.height }, scale);
    if (extract) next = push(next, { op: 'extract', ...extract }, extract);
  }
  if (!pad) return next;
  if (isFill(behind)) {
    const pixels = pad.width * pad.height;
    if (pixels > MAX_PIXEL_WORK) throw overLimit('pixels of a background', pixels, MAX_PIXEL_WORK);
    return push(next, { op: 'fill', ...pad, fill: behind }, pad, false);
  }
  return push(next, { op: 'pad', ...pad, background: behind }, pad, next.hasAlpha || behind.alpha < 1);
}

interface Framed {
  /** Cut to the crop of the asset where that comes first. */
  readonly start: Canvas;
  readonly at: Position | Point | 'attention';
  readonly width: number | null;
  readonly height: number | null;
}

/** Whether a cut of this size (null = as large as the box) lies in the box. */
const fitsIn = (box: Box, width: number | null, height: number | null) =>
  (width ?? box.width) <= box.width && (height ?? box.height) <= box.height;

/**
 * What a person marked in the asset, for a step that asks for it: first their crop, in which the wanted ratio is then found around
 * their focal point. An extract that is larger than the crop is cut around its middle.
 */
function framed(step: Args, mode: Crop, canvas: Canvas, { width, height }: { width: number | null; height: number | null }): Framed {
  const fo = step.fo ?? 'center';
  if (fo !== 'custom' && fo !== 'custom_or_attention') return { start: canvas, at: fo, width, height };
  const { framing } = canvas;
  const keeps = mode.startsWith('maintain_ratio');
  if (!framing || !(keeps || mode === 'extract')) {
    return { start: canvas, at: fo === 'custom' ? 'center' : 'attention', width, height };
  }
  const placed = [step.x, step.y, step.xc, step.yc].some((each) => each !== undefined);
  const box = framing.box && !placed ? boxOn(framing.box, canvas) : null;
  const first = box && (keeps ? width !== null || height !== null : fitsIn(box, width, height));
  if (!first) return { start: canvas, at: framing.box ? centreOf(framing.box) : (framing.point ?? 'center'), width, height };
  const whole = box.width === canvas.width && box.height === canvas.height;
  const start = whole ? canvas : push(canvas, { op: 'extract', ...box }, box);
  return { start, at: start.framing?.point ?? 'center', width, height };
}

export const resize = defineOperation({
  name: 'resize',
  keys: ['w', 'h', 'ar', 'dpr', 'c', 'cm', 'fo', 'z', 'x', 'y', 'xc', 'yc'],
  phase: 'resize',
  args,
  apply(step, canvas) {
    if (step.x && step.xc) throw badParameter('xc', 'x and xc say two places for one box');
    if (step.y && step.yc) throw badParameter('yc', 'y and yc say two places for one box');
    const mode = step.cm ?? step.c ?? 'maintain_ratio';
    const { start, at, width, height } = framed(step, mode, canvas, wanted(step, canvas));
    const todo = geometry(start, {
      width,
      height,
      crop: mode,
      focus: at === 'attention' ? 'center' : at,
      x: optional('x', step.x, canvas),
      y: optional('y', step.y, canvas),
      xc: optional('xc', step.xc, canvas),
      yc: optional('yc', step.yc, canvas),
    });
    if (todo === 'outside') throw badParameter(step.xc ? 'xc' : 'yc', 'the box around xc, yc leaves the picture');
    // Attention looks at the scaled picture; a cut out of the unscaled one has its own place.
    const attention = at === 'attention' && mode.startsWith('maintain_ratio') ? 'attention' : null;
    const result = applyGeometry(start, todo, attention, step.bg ?? BLACK);
    if (tooLarge(result)) throw overLimit('pixels', result.width * result.height, MAX_PIXELS);
    return result;
  },
  doc: {
    summary: 'Scales, cuts and pads to a size.',
    parameters: {
      w: 'width in px; a fraction of the input (0.4); `auto` (client hint); an expression (`iw_div_2`)',
      h: 'height, as `w` without `auto`',
      ar: 'aspect ratio `4-3`, `4_3`, `1.33` or an expression; supplies the side that is missing',
      dpr: 'device pixel ratio 0.1-5 or `auto`; multiplies `w` and `h`, ignored when a side would pass 5,000 px',
      c: '`maintain_ratio` (default: fill and cut), `force`, `at_max`, `at_max_enlarge`, `at_least`, `maintain_ratio_no_enlarge`',
      cm: '`pad_resize`, `extract`, `pad_extract`, `pad_resize_no_enlarge`, `pad_extract_no_shrink`; wins over `c`',
      fo: '`center` `top` `left` `bottom` `right` `top_left` `top_right` `bottom_left` `bottom_right`, `auto` for the most interesting part, `face` (as `auto`, with a header that says so: `Damson-Focus`; objects are not found), `custom` for the crop and the focal point of the asset (the middle without them), or `auto-custom_override`: `custom` where the asset has them, else `auto`',
      z: 'more than 0; accepted, without effect as long as there is no detector of faces',
      x: 'left edge of an extract, px or an expression',
      y: 'top edge of an extract',
      xc: 'horizontal centre of an extract; the request fails when the box leaves the picture',
      yc: 'vertical centre of an extract',
    },
    example: 'w-400,h-300,fo-top',
  },
});
