import type { ImagePlan, PlanOp } from '../../../platform/media/plan.ts';
import { geometry, type Size } from './renditions.geometry.ts';

/** The mezzanine: when one is made, and when a derivative may be made from it (decisions 1). Pure. */

/** Longest side of a mezzanine, px. */
export const MEZZANINE_SIDE = 2_560;
/** And of the smaller one beside it, from which most of what pages show is made. */
export const HALF_SIDE = 1_280;
const MEZZANINE_FROM_PIXELS = 12_000_000;

/** Decoders slow enough that even a small picture gets a mezzanine. */
const SLOW = new Set([
  'image/tiff',
  'image/vnd.adobe.photoshop',
  'image/heic',
  'image/heif',
  'image/avif',
  'image/svg+xml',
  'application/pdf',
  'application/postscript',
  'application/illustrator',
]);

/** Camera raw: `image/x-canon-cr2`, `image/x-nikon-nef`, `image/x-adobe-dng` … */
const RAW = /^image\/x-(adobe|canon|fuji|hasselblad|kodak|leaf|minolta|nikon|olympus|panasonic|pentax|phaseone|samsung|sigma|sony)/;

/** Whether a fresh version gets a mezzanine. Sizes upright, px. */
export function needsMezzanine(version: { mime: string; width: number | null; height: number | null }): boolean {
  if (SLOW.has(version.mime) || RAW.test(version.mime)) return true;
  return (version.width ?? 0) * (version.height ?? 0) > MEZZANINE_FROM_PIXELS;
}

/**
 * The plan of a mezzanine, profile kept: lossless where artefacts would show (alpha, few colours), else a JPEG, which opens four times as fast as a WebP and
 * can be opened at half its size or a quarter (ADR 332).
 */
export function mezzaninePlan(source: Size & { hasAlpha: boolean | null; fewColours?: boolean }, side = MEZZANINE_SIDE): ImagePlan {
  const fitted = geometry(source, {
    width: side,
    height: side,
    crop: 'at_max',
    focus: 'center',
    x: null,
    y: null,
    xc: null,
    yc: null,
  });
  const scale = fitted === 'outside' ? null : fitted.scale;
  const lossless = source.hasAlpha === true || source.fewColours === true;
  return {
    page: 0,
    animated: false,
    autoOrient: true,
    ops: scale ? [{ op: 'scale', ...scale }] : [],
    encode: lossless
      ? { format: 'webp', quality: 92, lossless, metadata: 'profile' }
      : { format: 'jpeg', quality: 92, fullChroma: true, metadata: 'profile' },
  };
}

const fits = (size: Size, raster: Size) => size.width <= raster.width && size.height <= raster.height;

/** The same cut in the smaller picture; null when its pixels do not suffice for what follows. */
function cutFrom(cut: Extract<PlanOp, { op: 'extract' }>, next: PlanOp | undefined, from: Size, raster: Size): PlanOp | null {
  if (next?.op !== 'scale') return null;
  const x = raster.width / from.width;
  const y = raster.height / from.height;
  const left = Math.min(raster.width - 1, Math.round(cut.left * x));
  const top = Math.min(raster.height - 1, Math.round(cut.top * y));
  const width = Math.min(raster.width - left, Math.max(1, Math.round(cut.width * x)));
  const height = Math.min(raster.height - top, Math.max(1, Math.round(cut.height * y)));
  return fits(next, { width, height }) ? { op: 'extract', left, top, width, height } : null;
}

const carefully = (op: PlanOp): PlanOp => (op.op === 'scale' || op.op === 'attention' ? { ...op, careful: true } : op);

/**
 * The plan to run on a smaller raster in place of the original (of size `from`), or null when that one must be read: stored
 * frames, results wider than the raster, cuts that need more than its pixels. The derivative's identity stays that of `plan`. It was scaled once already, so
 * the decoder is kept from scaling coarsely.
 */
export function planOnRaster(plan: ImagePlan, from: Size, raster: Size): ImagePlan | null {
  if (plan.animated || plan.page !== 0 || plan.encode.metadata === 'profile') return null;
  const [first, second, ...rest] = plan.ops;
  if (raster.width === from.width && raster.height === from.height) return { ...plan, ops: plan.ops.map(carefully) };
  if (first?.op === 'scale' || first?.op === 'attention')
    return fits(first, raster) ? { ...plan, ops: [carefully(first), ...plan.ops.slice(1)] } : null;
  if (first?.op !== 'extract' || !second) return null;
  const cut = cutFrom(first, second, from, raster);
  return cut && { ...plan, ops: [cut, carefully(second), ...rest] };
}

/** The plan on the first of the rasters whose pixels suffice; `rasters`: smallest first, null = not made. */
export function onSmallest<R extends Size>(
  plan: ImagePlan,
  from: Size,
  rasters: readonly (R | null)[],
): { readonly raster: R; readonly plan: ImagePlan } | null {
  for (const raster of rasters) {
    const smaller = raster && planOnRaster(plan, from, raster);
    if (raster && smaller) return { raster, plan: smaller };
  }
  return null;
}
