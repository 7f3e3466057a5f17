import {
  type Accepts,
  derivedKey,
  type Hints,
  lateFramings,
  type Planned,
  planFor,
  planOnRaster,
  type PlanSource,
  type Recipe,
  recipeHash,
  resumePlan,
} from '../renditions/index.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import { DeliveryError } from './delivery.answers.ts';
import { layerIdentities, layerInputs, withLayers } from './delivery.layers.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { Derivative } from './delivery.maker.ts';
import { type LayerPicture, type Raster, rasterOf, seeThrough } from './delivery.raster.ts';
import { drawnOf, type WantedStill, wantedStill } from './delivery.stills.ts';

/** What a request gets of an asset: stored bytes, or which derivative made from what. Pure. */

export interface ChoiceOptions {
  readonly accept: Accepts;
  readonly hints: Hints;
  readonly avif: boolean;
  /** The client asks for fewer bytes, and that is heeded. */
  readonly thrifty: boolean;
  /** The URL asks for the still of a video or document. */
  readonly still: boolean;
  /** Pictures of the layers, in the order of their numbers. */
  readonly layers: readonly LayerPicture[];
}

export type Choice =
  | { readonly kind: 'original' }
  | { readonly kind: 'derivative'; readonly derivative: Derivative; readonly planned: Planned };

/** Plain addresses of what is no photograph mean the file itself. */
function meansFile(asset: DeliveryAsset, recipe: Recipe, options: ChoiceOptions): boolean {
  if (recipe.original) return true;
  return recipe.plain && !options.still && (asset.kind !== 'image' || asset.mime === 'image/svg+xml');
}

interface Source extends Pick<Derivative, 'source' | 'sourceBytes' | 'drawn' | 'plan'> {
  /** It is the picture made at ingest, not the original. */
  readonly raster?: Key;
}

/** From what ingest made. */
const onRaster = (key: Key, plan: Planned['plan']): Source => ({
  source: key,
  sourceBytes: 0,
  drawn: null,
  plan: { ...plan, autoOrient: false },
  raster: key,
});

/** The original, or the smaller raster made at ingest where its pixels suffice. */
function sourceOf(asset: DeliveryAsset, raster: Raster, plan: Planned['plan']): Source {
  if (raster.from !== 'original') return onRaster(raster.from.key, plan);
  const smaller = asset.mezzanine && planOnRaster(plan, raster, asset.mezzanine);
  if (asset.mezzanine && smaller) return onRaster(asset.mezzanine.key, smaller);
  return { source: keys.original(asset.workspaceId, asset.blobId), sourceBytes: asset.bytes, drawn: null, plan };
}

/** A still of its own, drawn first where it is not kept. */
function onDrawn(asset: DeliveryAsset, wanted: WantedStill, plan: Planned['plan']): Source {
  const drawn = drawnOf(asset, wanted);
  return { source: drawn.key, sourceBytes: 0, drawn, plan: { ...plan, page: 0, autoOrient: false } };
}

/** The one still of an address that ends in `/ik-thumbnail.jpg`: what moves stands still. */
const resting = (recipe: Recipe, { still }: ChoiceOptions, asset: DeliveryAsset): Recipe =>
  still && recipe.page === null && asset.kind === 'image' && (asset.frames ?? 1) > 1 ? { ...recipe, page: 1 } : recipe;

function picture(raster: Raster | null): Raster {
  if (!raster) throw new DeliveryError('EDECODE', 'There is no picture of this file.');
  return raster;
}

/** What a still that has yet to be drawn is planned on: as large as what is there already, as far as anybody knows. */
function expected(asset: DeliveryAsset, raster: Raster | null): PlanSource {
  const { width, height } = raster ?? { width: asset.width ?? 1, height: asset.height ?? 1 };
  return { width, height, mime: 'image/webp', frames: 1, pages: asset.pages, hasAlpha: seeThrough(asset), open: true };
}

/**
 * @throws DeliveryError EDECODE when no picture can be made (202 is the caller's matter while ingest goes on);
 * TransformationError EPARAM, ELIMIT
 */
export function choose(asset: DeliveryAsset, asked: Recipe, options: ChoiceOptions): Choice {
  if (meansFile(asset, asked, options)) return { kind: 'original' };
  if (asked.video && !options.still)
    throw new DeliveryError('EUNSUPPORTED', 'so, eo, du, sr, vc and ac are for films', { parameter: Object.keys(asked.video)[0] });
  const recipe = resting(asked, options, asset);
  const raster = rasterOf(asset);
  if (!raster && recipe.plain && !options.still) return { kind: 'original' };
  const wanted = wantedStill(asset, recipe, raster?.from === 'original');
  const layers = layerInputs(options.layers);
  const planned = planFor(recipe, wanted ? expected(asset, raster) : picture(raster), { ...options, layers });
  const source = wanted ? onDrawn(asset, wanted, planned.plan) : sourceOf(asset, picture(raster), planned.plan);
  const made = withLayers(source.plan, options.layers);
  const hash = recipeHash(planned.plan, layerIdentities(options.layers, made.inputs), {
    second: wanted?.second ?? undefined,
    framings: lateFramings(planned.plan.ops, layers),
    raster: source.raster,
  });
  const derivative: Derivative = {
    key: derivedKey(asset.workspaceId, asset.blobId, hash, planned.format),
    recipeHash: hash,
    versionId: asset.versionId,
    mime: `image/${planned.format}`,
    source: source.source,
    sourceBytes: source.sourceBytes,
    drawn: source.drawn,
    ...made,
    resume: (rest, measured) => resumePlan(rest, measured, layers),
  };
  return { kind: 'derivative', derivative, planned };
}
