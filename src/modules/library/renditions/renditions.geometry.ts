/** Size arithmetic of delivery-urls 4.2. Pure; imports nothing. All sizes in px of the upright picture. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

export const CROPS = [
  'maintain_ratio',
  'maintain_ratio_no_enlarge',
  'force',
  'at_max',
  'at_max_enlarge',
  'at_least',
  'pad_resize',
  'pad_resize_no_enlarge',
  'extract',
  'pad_extract',
  'pad_extract_no_shrink',
] as const;
export type Crop = (typeof CROPS)[number];

/** Fractions 0-1 of a picture, from its top left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export const POSITIONS = ['center', 'top', 'left', 'bottom', 'right', 'top_left', 'top_right', 'bottom_left', 'bottom_right'] as const;
export type Position = (typeof POSITIONS)[number];

export interface Request {
  /** Already evaluated: fractions, expressions, ratio and dpr are in them. At least one is set. */
  readonly width: number | null;
  readonly height: number | null;
  readonly crop: Crop;
  /** A position, or the point to be in the middle as far as there is picture around it. */
  readonly focus: Position | Point;
  /** Corner or centre of an extract, input px. */
  readonly x: number | null;
  readonly y: number | null;
  readonly xc: number | null;
  readonly yc: number | null;
}

/** What to do, in this order; null = nothing. */
export interface Geometry {
  readonly scale: Size | null;
  readonly extract: Box | null;
  /** Where the picture goes on a larger canvas. */
  readonly pad: Box | null;
}

const px = (value: number): number => Math.max(1, Math.round(value));

/** An end or the middle, or a fraction of the whole that is to be in the middle of the part. */
type Towards = 'start' | 'middle' | 'end' | number;

/** Where along one axis a part of `inner` px goes (or is cut) in `outer` px. */
function offset(outer: number, inner: number, towards: Towards): number {
  if (typeof towards === 'number') return Math.max(0, Math.min(outer - inner, Math.round(towards * outer - inner / 2)));
  if (towards === 'start') return 0;
  return towards === 'end' ? outer - inner : Math.floor((outer - inner) / 2);
}

type Focus = Request['focus'];

function horizontal(focus: Focus): Towards {
  if (typeof focus !== 'string') return focus.x;
  return focus.endsWith('left') ? 'start' : focus.endsWith('right') ? 'end' : 'middle';
}

function vertical(focus: Focus): Towards {
  if (typeof focus !== 'string') return focus.y;
  return focus.startsWith('top') ? 'start' : focus.startsWith('bottom') ? 'end' : 'middle';
}

function place(outer: Size, inner: Size, focus: Focus): Box {
  return {
    left: offset(outer.width, inner.width, horizontal(focus)),
    top: offset(outer.height, inner.height, vertical(focus)),
    width: inner.width,
    height: inner.height,
  };
}

const same = (a: Size, b: Size) => a.width === b.width && a.height === b.height;

function scaled(input: Size, factor: number): Size {
  return { width: px(input.width * factor), height: px(input.height * factor) };
}

/** Cuts `want` out of `from` at the focus; null when nothing is cut. */
function cut(from: Size, want: Size, focus: Focus): Box | null {
  const inner = { width: Math.min(from.width, want.width), height: Math.min(from.height, want.height) };
  return same(from, inner) ? null : place(from, inner, focus);
}

/** Puts `inner` on a canvas of at least `want`; null when it fills it. The box is the canvas, its corner the picture's place. */
function pad(inner: Size, want: Size, focus: Focus): Box | null {
  const canvas = { width: Math.max(inner.width, want.width), height: Math.max(inner.height, want.height) };
  if (same(canvas, inner)) return null;
  const { left, top } = place(canvas, inner, typeof focus === 'string' ? focus : 'center');
  return { ...canvas, left, top };
}

/** A picture to be scaled to `size` and then cut to `want`: the scale steps aside when it changes nothing. */
function scaleAndCut(input: Size, size: Size, want: Size, focus: Focus): Geometry {
  return { scale: same(input, size) ? null : size, extract: cut(size, want, focus), pad: null };
}

const toSize = (input: Size, size: Size): Geometry => ({ scale: same(input, size) ? null : size, extract: null, pad: null });

/** Height over width is kept: only one side was asked for. */
function oneSide(input: Size, request: Request): Geometry {
  const factor = request.width === null ? (request.height ?? input.height) / input.height : request.width / input.width;
  const bounded = request.crop === 'at_max' || request.crop.endsWith('_no_enlarge') ? Math.min(1, factor) : factor;
  const size = scaled(input, bounded);
  // The side asked for is exact; only the other one is rounded.
  if (bounded < factor) return toSize(input, size);
  return toSize(input, { width: request.width ?? size.width, height: request.height ?? size.height });
}

const isExtract = (crop: Crop) => crop === 'extract' || crop === 'pad_extract' || crop === 'pad_extract_no_shrink';

/** One axis of an extract: corner, else centre, else focus. null = a centre that makes the box leave the picture. */
function extractAxis(
  outer: number,
  wanted: number,
  corner: number | null,
  centre: number | null,
  towards: Towards,
): { at: number; length: number } | null {
  if (centre !== null) {
    const at = Math.round(centre - wanted / 2);
    return at < 0 || at + wanted > outer ? null : { at, length: wanted };
  }
  if (corner !== null) {
    const at = Math.min(Math.max(0, Math.round(corner)), outer - 1);
    return { at, length: Math.min(wanted, outer - at) };
  }
  const length = Math.min(wanted, outer);
  return { at: offset(outer, length, towards), length };
}

function extracted(input: Size, want: Size, request: Request): Geometry | 'outside' {
  const wide = extractAxis(input.width, want.width, request.x, request.xc, horizontal(request.focus));
  const high = extractAxis(input.height, want.height, request.y, request.yc, vertical(request.focus));
  if (!wide || !high) return 'outside';
  const box = { left: wide.at, top: high.at, width: wide.length, height: high.length };
  const extract = same(box, input) ? null : box;
  return { scale: null, extract, pad: request.crop === 'pad_extract' ? pad(box, want, request.focus) : null };
}

/**
 * How a picture of size `input` becomes what is asked for. `outside` = a centre (`xc`, `yc`) whose box leaves the
 * picture, which fails the request.
 */
export function geometry(input: Size, request: Request): Geometry | 'outside' {
  const { crop, focus } = request;
  if (request.width === null && request.height === null) return { scale: null, extract: null, pad: null };
  if (!isExtract(crop) && (request.width === null || request.height === null)) return oneSide(input, request);
  const want = { width: request.width ?? input.width, height: request.height ?? input.height };
  const inside = Math.min(want.width / input.width, want.height / input.height);
  const outside = Math.max(want.width / input.width, want.height / input.height);
  switch (crop) {
    case 'force':
      return toSize(input, want);
    case 'at_max':
      return toSize(input, scaled(input, Math.min(1, inside)));
    case 'at_max_enlarge':
      return toSize(input, scaled(input, inside));
    case 'at_least':
      return toSize(input, scaled(input, outside));
    case 'maintain_ratio':
    case 'maintain_ratio_no_enlarge': {
      const factor = crop === 'maintain_ratio' ? outside : Math.min(1, outside);
      return scaleAndCut(input, scaled(input, factor), want, focus);
    }
    case 'pad_resize':
    case 'pad_resize_no_enlarge': {
      const size = scaled(input, crop === 'pad_resize' ? inside : Math.min(1, inside));
      return { scale: same(input, size) ? null : size, extract: null, pad: pad(size, want, focus) };
    }
    case 'pad_extract_no_shrink':
      return { scale: null, extract: null, pad: pad(input, want, focus) };
    case 'extract':
    case 'pad_extract':
      return extracted(input, want, request);
  }
}

/** The canvas of a picture turned by any angle, as libvips computes it. */
export function rotatedSize(input: Size, degrees: number): Size {
  const turn = ((degrees % 360) + 360) % 360;
  if (turn % 180 === 0) return input;
  if (turn % 90 === 0) return { width: input.height, height: input.width };
  const cos = Math.abs(Math.cos((turn * Math.PI) / 180));
  const sin = Math.abs(Math.sin((turn * Math.PI) / 180));
  return { width: px(input.width * cos + input.height * sin), height: px(input.width * sin + input.height * cos) };
}
