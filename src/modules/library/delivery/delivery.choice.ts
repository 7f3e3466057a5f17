import {
  type Accepts,
  derivedKey,
  type Hints,
  type LayerInput,
  type Planned,
  planFor,
  planOnRaster,
  type PlanSource,
  type Recipe,
  recipeHash,
  resumePlan,
} from '../renditions/index.ts';
import { keys } from '../../../platform/storage/keys.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { DeliveryAsset, StoredRaster } from './delivery.lookup.ts';
import type { Derivative } from './delivery.maker.ts';

/** What a request gets of an asset: stored bytes, or which derivative made from what. Pure. */

/** Formats a raster child opens; all others have a still that was made in the sandbox at ingest. */
const RASTER = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/tiff', 'image/avif']);
/** Larger originals are decoded at ingest only (decisions 1). */
const MAX_PIXELS = 100_000_000;
const MAX_BYTES = 100_000_000;

export interface Raster extends PlanSource {
  readonly from: 'original' | StoredRaster;
}

/** The picture that stands for an asset; null when it has none (yet). */
export function rasterOf(asset: DeliveryAsset): Raster | null {
  const { width, height, mime, frames, pages, hasAlpha, framing } = asset;
  if (RASTER.has(mime) && width && height && width * height <= MAX_PIXELS && asset.bytes <= MAX_BYTES) {
    return { width, height, mime, frames, pages, hasAlpha, framing, from: 'original' };
  }
  const still = asset.still ?? asset.mezzanine;
  return still && { width: still.width, height: still.height, mime: 'image/webp', frames: 1, hasAlpha, framing, from: still };
}

export interface ChoiceOptions {
  readonly accept: Accepts;
  readonly hints: Hints;
  readonly avif: boolean;
  /** The URL asks for the still of a video or document. */
  readonly still: boolean;
  /** Pictures of the layers, in the order of their numbers. */
  readonly layers: readonly LayerPicture[];
}

/** What a layer shows, found and allowed. */
export interface LayerPicture {
  /** As the transformation names it. */
  readonly path: string;
  readonly asset: DeliveryAsset;
  readonly raster: Raster;
}

export type Choice =
  | { readonly kind: 'original' }
  | { readonly kind: 'derivative'; readonly derivative: Derivative; readonly planned: Planned };

/** Plain addresses of what is no photograph mean the file itself. */
function meansFile(asset: DeliveryAsset, recipe: Recipe, options: ChoiceOptions): boolean {
  if (recipe.original) return true;
  return recipe.plain && !options.still && (asset.kind !== 'image' || asset.mime === 'image/svg+xml');
}

/** Where the bytes of a raster are. */
const keyOf = (asset: DeliveryAsset, { from }: Raster) => (from === 'original' ? keys.original(asset.workspaceId, asset.blobId) : from.key);

function layerInputs(layers: readonly LayerPicture[]): Map<string, LayerInput> {
  return new Map(
    layers.map(({ path, raster }, index) => [
      path,
      {
        index,
        width: raster.width,
        height: raster.height,
        framing: raster.framing ?? null,
        hasAlpha: raster.mime !== 'image/jpeg' && raster.hasAlpha !== false,
      },
    ]),
  );
}

/** The original, or the smaller raster made at ingest where its pixels suffice. */
function sourceOf(asset: DeliveryAsset, raster: Raster, plan: Planned['plan']): Pick<Derivative, 'source' | 'sourceBytes' | 'plan'> {
  if (raster.from !== 'original') return { source: raster.from.key, sourceBytes: 0, plan: { ...plan, autoOrient: false } };
  const smaller = asset.mezzanine && planOnRaster(plan, raster, asset.mezzanine);
  if (asset.mezzanine && smaller) return { source: asset.mezzanine.key, sourceBytes: 0, plan: { ...smaller, autoOrient: false } };
  return { source: keys.original(asset.workspaceId, asset.blobId), sourceBytes: asset.bytes, plan };
}

/**
 * @throws DeliveryError EDECODE when no picture can be made (202 is the caller's matter while ingest goes on);
 * TransformationError EPARAM, ELIMIT
 */
export function choose(asset: DeliveryAsset, recipe: Recipe, options: ChoiceOptions): Choice {
  if (meansFile(asset, recipe, options)) return { kind: 'original' };
  if (recipe.video)
    throw new DeliveryError('EUNSUPPORTED', 'so, eo, du, sr, vc and ac are for films', { parameter: Object.keys(recipe.video)[0] });
  const raster = rasterOf(asset);
  if (!raster && recipe.plain && !options.still) return { kind: 'original' };
  if (!raster) throw new DeliveryError('EDECODE', 'There is no picture of this file.');
  if (recipe.page !== null && recipe.page > 1 && raster.from !== 'original') {
    throw new DeliveryError('EUNSUPPORTED', 'Other pages of this file are not available on this server', { parameter: 'pg' });
  }
  const layers = layerInputs(options.layers);
  const planned = planFor(recipe, raster, { ...options, layers });
  const inputs = options.layers.map((layer) => layer.asset.blobId);
  const hash = recipeHash(planned.plan, inputs);
  const derivative: Derivative = {
    key: derivedKey(asset.workspaceId, asset.blobId, hash, planned.format),
    recipeHash: hash,
    versionId: asset.versionId,
    mime: `image/${planned.format}`,
    ...sourceOf(asset, raster, planned.plan),
    inputs: options.layers.map((layer) => keyOf(layer.asset, layer.raster)),
    resume: (rest, measured) => resumePlan(rest, measured, layers),
  };
  return { kind: 'derivative', derivative, planned };
}
