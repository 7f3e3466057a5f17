/** Focal point and crop of a picture, as a person draws them: fractions 0-1 of the upright picture. Pure. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Framing {
  /** null = none */
  readonly point: Point | null;
  /** null = the whole picture */
  readonly box: Box | null;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const NOTHING: Framing = { point: null, box: null };
export const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 };
/** No crop is smaller than this part of a side, so that its handles can be caught. */
const LEAST = 0.02;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(high, low), Math.max(low, value));
/** Far finer than any pixel; keeps what is stored readable. */
const round = (value: number): number => Math.round(value * 100_000) / 100_000;

export const pointAt = (x: number, y: number): Point => ({ x: round(clamp(x, 0, 1)), y: round(clamp(y, 0, 1)) });

export const movePoint = (point: Point, dx: number, dy: number): Point => pointAt(point.x + dx, point.y + dy);

const normal = (box: Box): Box | null => (box.width > 0.9999 && box.height > 0.9999 ? null : box);

/** The crop moved, as far as the picture goes. */
export function moveBox(box: Box | null, dx: number, dy: number): Box | null {
  if (!box) return null;
  return { ...box, x: clamp(box.x + dx, 0, 1 - box.width), y: clamp(box.y + dy, 0, 1 - box.height) };
}

/** A handle: which edges it pulls. -1 = left or top, 1 = right or bottom, 0 = neither. */
export interface Handle {
  readonly h: -1 | 0 | 1;
  readonly v: -1 | 0 | 1;
}

/** One axis of a box that grows from the side opposite to the handle, or from its middle. */
function grown(from: number, length: number, pull: -1 | 0 | 1, wanted: number): { at: number; length: number } {
  if (pull === 1) return { at: from, length: wanted };
  if (pull === -1) return { at: from + length - wanted, length: wanted };
  return { at: from + (length - wanted) / 2, length: wanted };
}

/** How long it can become before it leaves the picture (of length 1). */
function room(from: number, length: number, pull: -1 | 0 | 1): number {
  if (pull === 1) return 1 - from;
  if (pull === -1) return from + length;
  return 2 * Math.min(from + length / 2, 1 - from - length / 2);
}

/**
 * The crop after a handle was pulled by so much of the picture.
 * @param ratio width over height in px that is kept; null = free
 */
export function resizeBox(was: Box | null, { h, v }: Handle, dx: number, dy: number, ratio: number | null, size: Size): Box | null {
  const box = was ?? WHOLE;
  let width = box.width + h * dx;
  let height = box.height + v * dy;
  if (ratio === null) {
    width = h === 0 ? box.width : clamp(width, LEAST, room(box.x, box.width, h));
    height = v === 0 ? box.height : clamp(height, LEAST, room(box.y, box.height, v));
  } else {
    // Both in fractions: a ratio in px is another one there.
    const share = (ratio * size.height) / size.width;
    const byWidth = v === 0 || (h !== 0 && Math.abs(dx) * size.width >= Math.abs(dy) * size.height);
    const wanted = byWidth ? width : height * share;
    const most = Math.min(room(box.x, box.width, h), room(box.y, box.height, v) * share);
    width = clamp(wanted, Math.min(most, Math.max(LEAST, LEAST * share)), most);
    height = width / share;
  }
  const wide = grown(box.x, box.width, h, width);
  const high = grown(box.y, box.height, v, height);
  const next = { x: clamp(wide.at, 0, 1 - width), y: clamp(high.at, 0, 1 - height), width: wide.length, height: high.length };
  return normal(next);
}

/** The largest part of `within` with this ratio (px), around a point as far as there is room. */
export function cutOf(within: Box, around: Point, ratio: number, size: Size): Box {
  const share = (ratio * size.height) / size.width;
  const width = Math.min(within.width, within.height * share);
  const height = width / share;
  return {
    x: clamp(around.x - width / 2, within.x, within.x + within.width - width),
    y: clamp(around.y - height / 2, within.y, within.y + within.height - height),
    width,
    height,
  };
}

export const middleOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** What `fo-custom` shows of the picture at this ratio: found in the crop, around the focal point. */
export const customCut = ({ point, box }: Framing, ratio: number, size: Size): Box =>
  cutOf(box ?? WHOLE, point ?? middleOf(box ?? WHOLE), ratio, size);

/** A crop of this ratio in place of what there is: as large as it can be, around what matters. */
export const cropTo = ({ point, box }: Framing, ratio: number, size: Size): Box | null =>
  normal(cutOf(WHOLE, point ?? middleOf(box ?? WHOLE), ratio, size));

/** `x,y,width,height` in whole px, as the API takes it. */
export function toCoordinates(box: Box | null, { width, height }: Size): string | null {
  if (!box) return null;
  const { left, top, wide, high } = toPx(box, { width, height });
  return [left, top, wide, high].join(',');
}

export function toPx(box: Box, { width, height }: Size): { left: number; top: number; wide: number; high: number } {
  const left = Math.min(width - 1, Math.round(box.x * width));
  const top = Math.min(height - 1, Math.round(box.y * height));
  const wide = clamp(Math.round((box.x + box.width) * width) - left, 1, width - left);
  const high = clamp(Math.round((box.y + box.height) * height) - top, 1, height - top);
  return { left, top, wide, high };
}

export function fromCoordinates(text: string | null, { width, height }: Size): Box | null {
  const [x, y, wide, high] = text?.split(',').map(Number) ?? [];
  if (x === undefined || y === undefined || !wide || !high) return null;
  return normal({ x: x / width, y: y / height, width: wide / width, height: high / height });
}

/** Whether the server would store the same. */
export const sameFraming = (a: Framing, b: Framing, size: Size): boolean =>
  a.point?.x === b.point?.x && a.point?.y === b.point?.y && toCoordinates(a.box, size) === toCoordinates(b.box, size);
