/** How a picture lies in its window: `scale` 1 = fitted, offsets in CSS px from the middle. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };
const MIN_SCALE = 0.5;
const MAX_PIXEL = 8;

/** CSS px per picture px when fitted; small pictures are not blown up. */
export const fitScale = (picture: Size, frame: Size): number =>
  Math.min(1, frame.width / picture.width || 1, frame.height / picture.height || 1);

/** The scale at which one picture px is one device px. */
export const actualScale = (picture: Size, frame: Size, ratio: number): number => 1 / (fitScale(picture, frame) * ratio);

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Keeps some of the picture in the frame: never more empty space than when centred. */
export function bound(view: View, picture: Size, frame: Size): View {
  const fit = fitScale(picture, frame) * view.scale;
  const spareX = Math.max(0, (picture.width * fit - frame.width) / 2);
  const spareY = Math.max(0, (picture.height * fit - frame.height) / 2);
  return { scale: view.scale, x: clamp(view.x, -spareX, spareX), y: clamp(view.y, -spareY, spareY) };
}

/** Zooms by a factor so that the point under the pointer (CSS px from the middle of the frame) stays where it is. */
export function zoomAt(view: View, factor: number, point: { x: number; y: number }, picture: Size, frame: Size): View {
  const most = Math.max(1, MAX_PIXEL / fitScale(picture, frame));
  const scale = clamp(view.scale * factor, MIN_SCALE, most);
  const real = scale / view.scale;
  return bound({ scale, x: point.x - (point.x - view.x) * real, y: point.y - (point.y - view.y) * real }, picture, frame);
}
