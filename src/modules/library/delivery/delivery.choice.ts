import {
  type Accepts,
  derivedKey,
  EXTENSIONS,
  type Hints,
  lateFramings,
  type MetadataPolicy,
  type Planned,
  planFor,
  onSmallest,
  type PlanSource,
  type Recipe,
  recipeHash,
  resumePlan,
  vectorHash,
} from '../renditions/index.ts';
import type { VectorWish } from '../../../platform/media/media.ts';
import { hdrOf } from '../../../platform/media/film-plan.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import { DeliveryError } from './delivery.answers.ts';
import { layerIdentities, layerInputs, withLayers } from './delivery.layers.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { Derivative } from './delivery.maker.ts';
import { type LayerPicture, type Raster, rasterOf, seeThrough } from './delivery.raster.ts';
import { vectorOf } from './delivery.vector.ts';
import { drawnOf, PSD, saidOf, type WantedStill, wantedStill, withoutPages } from './delivery.stills.ts';

/** What a request gets of an asset: stored bytes, or which derivative made from what. Pure. */

export interface ChoiceOptions {
  readonly accept: Accepts;
  readonly hints: Hints;
  readonly avif: boolean;
  /** The client asks for fewer bytes, and that is heeded. */
  readonly thrifty: boolean;
  /** The URL asks for the still of a video or document. */
  readonly still: boolean;
  /** What of the file's metadata goes with it when the address does not say. */
  readonly metadata: MetadataPolicy;
  /** Pictures of the layers, in the order of their numbers. */
  readonly layers: readonly LayerPicture[];
  /** Their typefaces, in the order of theirs. */
  readonly fonts: readonly DeliveryAsset[];
}

export type Choice =
  | { readonly kind: 'original' }
  | { readonly kind: 'derivative'; readonly derivative: Derivative; readonly planned: Planned };

/** Plain addresses of what is no photograph mean the file itself. */
function meansFile(asset: DeliveryAsset, recipe: Recipe, options: ChoiceOptions): boolean {
  if (recipe.original) return true;
  return recipe.plain && !options.still && asset.kind !== 'image';
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

/** The original, or the smallest raster made at ingest whose pixels suffice. */
function sourceOf(asset: DeliveryAsset, raster: Raster, plan: Planned['plan']): Source {
  const largest = raster.from === 'original' ? asset.mezzanine : raster.from;
  const smaller = onSmallest(plan, raster, [asset.half, largest]);
  if (smaller) return onRaster(smaller.raster.key, smaller.plan);
  if (raster.from !== 'original') return onRaster(raster.from.key, plan);
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
function expected(asset: DeliveryAsset, raster: Raster | null, { layers }: WantedStill): PlanSource {
  const { width, height } = raster ?? { width: asset.width ?? 1, height: asset.height ?? 1 };
  // All seconds of a film are of one shape; pages are not.
  const framing = asset.kind === 'video' ? asset.framing : null;
  const hasAlpha = layers !== undefined || seeThrough(asset);
  return { width, height, mime: 'image/webp', frames: 1, pages: asset.pages, hasAlpha, framing, open: true };
}

/** All metadata is the original's matter; a policy, unlike an address, asks for what the asset releases. */
const allowed = (asset: DeliveryAsset, policy: MetadataPolicy): MetadataPolicy =>
  policy === 'all' && (!asset.releaseOriginal || asset.kind !== 'image') ? 'rights' : policy;

function checkTags(asset: DeliveryAsset): void {
  if (asset.kind !== 'image') throw new DeliveryError('EUNSUPPORTED', 'md-true is for pictures', { parameter: 'md' });
  if (!asset.releaseOriginal) throw new DeliveryError('EORIGINAL');
}

const originalOf = ({ workspaceId, blobId, bytes, mime }: DeliveryAsset) => ({ key: keys.original(workspaceId, blobId), bytes, mime });

/**
 * @throws DeliveryError EORIGINAL for `md-true` of an asset that does not release its original; EDECODE when no picture can be made (202 is the caller's matter while ingest goes on);
 * TransformationError EPARAM, ELIMIT
 */
export function choose(asset: DeliveryAsset, asked: Recipe, options: ChoiceOptions): Choice {
  if (meansFile(asset, asked, options)) return { kind: 'original' };
  // Of a film a picture format means the still, as `/ik-thumbnail.jpg` does.
  if (asked.video && !options.still && asset.kind !== 'video')
    throw new DeliveryError('EUNSUPPORTED', 'so, eo, du, sr, vc and ac are for films', { parameter: saidOf(asked.video)[0] });
  const named = resting(asked, options, asset);
  const raster = rasterOf(asset);
  if (!raster && named.plain && !options.still) return { kind: 'original' };
  const wanted = wantedStill(asset, named, raster?.from === 'original');
  const recipe = asset.mime === PSD ? withoutPages(named) : named;
  const layers = layerInputs(options.layers);
  const facts = { ...(wanted ? expected(asset, raster, wanted) : picture(raster)), rights: asset.rights };
  const planned = planFor(recipe, facts, { ...options, layers, metadata: allowed(asset, options.metadata) });
  const vector = vectorOf(asset, planned, options.still || wanted ? null : raster);
  if (vector) return { kind: 'derivative', derivative: vectorDerivative(asset, vector, planned), planned };
  const { tags } = planned.plan.encode;
  if (tags === 'asked') checkTags(asset);
  const source = wanted ? onDrawn(asset, wanted, planned.plan) : sourceOf(asset, picture(raster), planned.plan);
  const made = withLayers(source.plan, options.layers);
  const inputs = [...layerIdentities(options.layers, made.inputs), ...options.fonts.map(({ blobId }) => blobId)];
  const hash = recipeHash(planned.plan, inputs, {
    second: wanted?.second ?? undefined,
    framings: lateFramings(planned.plan.ops, layers),
    raster: source.raster,
    psd: wanted?.layers,
    toned: (wanted && wanted.second !== null && hdrOf(asset.probe) !== null) || undefined,
  });
  const derivative: Derivative = {
    key: derivedKey(asset.workspaceId, asset.blobId, hash, planned.format),
    recipeHash: hash,
    versionId: asset.versionId,
    mime: `image/${planned.format}`,
    extension: EXTENSIONS[planned.format],
    vector: null,
    source: source.source,
    sourceBytes: source.sourceBytes,
    drawn: source.drawn,
    tagsFrom: tags ? { ...originalOf(asset), wish: tags } : null,
    ...made,
    fonts: options.fonts.map(({ workspaceId, blobId }) => keys.original(workspaceId, blobId)),
    resume: (rest, measured) => resumePlan(rest, measured, layers),
  };
  return { kind: 'derivative', derivative, planned };
}

/** Made from the original's text, whatever raster there is. */
function vectorDerivative(asset: DeliveryAsset, vector: VectorWish, { plan }: Planned): Derivative {
  const hash = vectorHash(vector);
  return {
    key: derivedKey(asset.workspaceId, asset.blobId, hash, 'svg'),
    recipeHash: hash,
    versionId: asset.versionId,
    mime: 'image/svg+xml',
    extension: EXTENSIONS.svg,
    source: keys.original(asset.workspaceId, asset.blobId),
    sourceBytes: asset.bytes,
    drawn: null,
    vector,
    plan,
    tagsFrom: null,
    inputs: [],
    fonts: [],
    resume: () => [],
  };
}
