import { invalidRequest } from '../../../errors.ts';
import type { Framing } from '../renditions/index.ts';
import type { AssetPatch } from './assets.schema.ts';

/** Focal point and crop between the API (`customCoordinates` in px, as ImageKit writes them) and the table (fractions). Pure. */

interface Sized {
  /** px of the upright picture; null = it has none (yet). */
  readonly width: number | null;
  readonly height: number | null;
}

/** `x,y,width,height` in px of the upright picture; null without a crop or a size. */
export function coordinatesOf(box: Framing['box'], { width, height }: Sized): string | null {
  if (!box || !width || !height) return null;
  const [left, top] = [Math.min(width - 1, Math.round(box.x * width)), Math.min(height - 1, Math.round(box.y * height))];
  const wide = Math.min(width - left, Math.max(1, Math.round(box.width * width)));
  const high = Math.min(height - top, Math.max(1, Math.round(box.height * height)));
  return [left, top, wide, high].join(',');
}

function wrong(message: string, size: Sized): Error {
  return invalidRequest({ detail: message, extra: { errors: [{ path: 'body.customCoordinates', message }], ...size } });
}

/**
 * The crop that `x,y,width,height` (whole px) means in a picture of this size.
 * @throws invalid_request when the picture has no size, or the crop leaves it
 */
export function boxOf(text: string, size: Sized): NonNullable<Framing['box']> {
  const [x = 0, y = 0, wide = 0, high = 0] = text.split(',').map(Number);
  const { width, height } = size;
  if (!width || !height) throw wrong('The size of this picture is not known (yet), so nothing can be cut out of it.', size);
  if (wide < 1 || high < 1) throw wrong('The crop is empty.', size);
  if (x + wide > width || y + high > height) throw wrong(`The crop leaves the picture, which is ${width} x ${height} px.`, size);
  return { x: x / width, y: y / height, width: wide / width, height: high / height };
}

/** What a patch says of the two; what it leaves out is left out here. @throws invalid_request */
export function framingOf({ focalPoint, customCoordinates }: AssetPatch, size: Sized): Partial<Framing> {
  return {
    ...(focalPoint === undefined ? {} : { point: focalPoint }),
    ...(customCoordinates === undefined ? {} : { box: customCoordinates === null ? null : boxOf(customCoordinates, size) }),
  };
}

/** What the audit log notes of them as they were: only those that the patch speaks of. */
export function framingBefore(
  patch: AssetPatch,
  row: Sized & { focalPoint: Framing['point']; cropBox: Framing['box'] },
): Record<string, unknown> {
  return {
    ...(patch.focalPoint === undefined ? {} : { focalPoint: row.focalPoint }),
    ...(patch.customCoordinates === undefined ? {} : { customCoordinates: coordinatesOf(row.cropBox, row) }),
  };
}
