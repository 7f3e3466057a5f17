import type { VectorWish } from '../../../platform/media/media.ts';
import { type Planned, TransformationError } from '../renditions/index.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { Raster } from './delivery.raster.ts';

/** When an SVG is answered as one (ADR 0312). Pure. */

const SVG = 'image/svg+xml';
const KEEPS: ReadonlySet<string> = new Set(['auto', 'orig', 'svg']);

const bad = (message: string) => new TransformationError('EPARAM', message, { parameter: 'f' });

/** Whether the ratio is another one, beyond rounding. */
const isStretched = (size: { width: number; height: number }, own: { width: number; height: number }): boolean =>
  Math.abs(size.width * own.height - size.height * own.width) > Math.max(own.width, own.height);

/**
 * @param raster what stands for the file in sizes; null where a still is meant
 * @returns what the SVG is to say; null where a picture is meant: of another file, by a raster format, or because more is asked for than a size.
 * @throws TransformationError EPARAM for `f-svg` of what is none, or with more than a size
 */
export function vectorOf(asset: DeliveryAsset, planned: Planned, raster: Raster | null): VectorWish | null {
  const { choice, plan } = planned;
  if (asset.mime !== SVG || !raster) {
    if (choice === 'svg') throw bad('f-svg is made from SVG only');
    return null;
  }
  if (!KEEPS.has(choice)) return null;
  const [only, ...others] = plan.ops;
  // The metadata of the file does not come along, so that whoever asks for it means a picture.
  if (others.length > 0 || (only && only.op !== 'scale') || plan.encode.tags === 'asked') {
    if (choice === 'svg') throw bad('an SVG can be scaled and no more; name a raster format for the rest');
    return null;
  }
  const size = only ? { width: only.width, height: only.height, stretched: isStretched(only, raster) } : null;
  return { size, rights: plan.encode.rights ?? null };
}
