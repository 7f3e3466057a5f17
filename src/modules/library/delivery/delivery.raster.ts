import type { PlanSource } from '../renditions/index.ts';
import type { DeliveryAsset, StoredRaster } from './delivery.lookup.ts';

/** The picture that stands for an asset. Pure. */

/** Formats a raster child opens; all others have a still that was made in the sandbox at ingest. */
const RASTER = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/tiff', 'image/avif']);
/** Larger originals are decoded at ingest only (decisions 1). */
const MAX_PIXELS = 100_000_000;
const MAX_BYTES = 100_000_000;

export interface Raster extends PlanSource {
  readonly from: 'original' | StoredRaster;
}

/** Frames of a film are opaque; whoever cannot show WebP gets a JPEG of them. */
export const seeThrough = ({ kind, hasAlpha }: DeliveryAsset) => (kind === 'video' ? false : hasAlpha);

/** The picture that stands for an asset; null when it has none (yet). */
export function rasterOf(asset: DeliveryAsset): Raster | null {
  const { width, height, mime, frames, pages, hasAlpha, density, framing } = asset;
  if (RASTER.has(mime) && width && height && width * height <= MAX_PIXELS && asset.bytes <= MAX_BYTES) {
    return { width, height, mime, frames, pages, hasAlpha, density, framing, from: 'original' };
  }
  const still = asset.still ?? asset.mezzanine;
  return (
    still && {
      width: still.width,
      height: still.height,
      mime: 'image/webp',
      frames: 1,
      pages,
      hasAlpha: seeThrough(asset),
      density,
      framing,
      from: still,
    }
  );
}

/** What a layer shows, found and allowed. */
export interface LayerPicture {
  /** As the transformation names it. */
  readonly path: string;
  readonly asset: DeliveryAsset;
  readonly raster: Raster;
}
