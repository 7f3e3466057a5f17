import { createHash } from 'node:crypto';
import type { ImagePlan, PlanOp } from '../../../platform/media/plan.ts';
import { FILM_VERSION, type FilmMake, type FilmSource } from '../../../platform/media/film-plan.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import {
  canonicalJson,
  type FilmFacts,
  type FilmOptions,
  lateFramings,
  planFilm,
  planLadder,
  planSprite,
  type Recipe,
} from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import { layerIdentities, layerInputs, withLayers } from './delivery.layers.ts';
import type { LayerPicture } from './delivery.raster.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { DeliveryUrl } from './delivery.url.ts';
import type { FilmOrigin } from './films.entity.ts';

/** What a request wants of a film, and under which identity that is made. Pure. */

export type FilmWish = 'film' | 'hls' | 'dash' | 'sprite' | 'cues';

export interface FilmRequest {
  readonly wish: FilmWish;
  readonly make: FilmMake;
  readonly source: FilmOrigin;
  readonly recipeHash: string;
  /** Of the single file; of a ladder, of its manifest. */
  readonly mime: string;
  readonly negotiated: boolean;
}

const PICTURES: ReadonlySet<string> = new Set(['jpg', 'jpeg', 'png', 'webp', 'avif', 'gif']);
/** Pieces are kept under the recipe's hash and their own name. */
const PIECE = /^([a-z0-9-]+)\.(mp4|webm|m4s|jpg)$/;

/** Where a piece of a film lies. */
export function pieceKey(film: { workspaceId: string; blobId: string; recipeHash: string }, name: string): Key {
  const [, stem = '', extension = ''] = PIECE.exec(name) ?? [];
  if (stem === '') throw new Error(`no piece of a film: ${name}`);
  return keys.derived(film.workspaceId, film.blobId, `${film.recipeHash}-${stem}`, extension);
}

/** What of a film the address means; null = a picture, or the file itself. */
export function filmWish(url: DeliveryUrl, asset: DeliveryAsset, recipe: Recipe): FilmWish | null {
  if (url.film === 'hls' || url.film === 'dash' || url.film === 'sprite' || url.film === 'cues') return url.film;
  if (recipe.original || url.still) return null;
  if (url.film === 'gif') return 'film';
  if (asset.kind !== 'video') return null;
  // A picture format means the still, as lists of previews ask for it.
  return recipe.format !== null && PICTURES.has(recipe.format) ? null : 'film';
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Width over height of a stored pixel; in a film that is turned, of one that is seen. */
function pixelRatio(asset: DeliveryAsset): number {
  const streams = Array.isArray(asset.probe.streams) ? (asset.probe.streams as Record<string, unknown>[]) : [];
  const picture = streams.find((stream) => stream.codec_type === 'video');
  const [over = 1, under = 1] = text(picture?.sample_aspect_ratio).split(':').map(Number);
  const ratio = over > 0 && under > 0 ? over / under : 1;
  const turned = picture?.width !== asset.width && picture?.width === asset.height;
  return turned ? 1 / ratio : ratio;
}

/** @throws DeliveryError EDECODE when nothing can be made of it */
function factsOf(asset: DeliveryAsset): { source: FilmSource; facts: FilmFacts } {
  const { width, height, probe, durationMs } = asset;
  const moving = asset.mime === 'image/gif' && (asset.frames ?? 1) > 1;
  const demuxers = moving ? 'gif' : text(probe.demuxers);
  if (!width || !height || demuxers === '' || (!moving && probe.hasVideo !== true)) {
    throw new DeliveryError('EDECODE', 'This file is no film that could be played.');
  }
  const seconds = durationMs === null ? null : durationMs / 1000;
  const hasAudio = probe.hasAudio === true;
  const frameRate = typeof probe.frameRate === 'number' ? probe.frameRate : null;
  return {
    source: { demuxers, frameRate, hasAudio, seconds },
    facts: { width, height, seconds, hasAudio, pixelRatio: moving ? 1 : pixelRatio(asset) },
  };
}

/** A film is wanted as WebM only by those who name it: every browser plays MP4. */
export const acceptsWebm = (accept: string | undefined): boolean =>
  /(^|[\s,])video\/webm\s*(;(?!\s*q=0(\.0+)?\s*(,|$))|,|$)/i.test(accept ?? '');

function made(wish: FilmWish, recipe: Recipe, facts: FilmFacts, options: FilmOptions): Pick<FilmRequest, 'make' | 'mime' | 'negotiated'> {
  if (wish === 'film') {
    const { plan, mime, negotiated } = planFilm(recipe, facts, options);
    return { make: plan, mime, negotiated };
  }
  if (wish === 'sprite' || wish === 'cues') return { make: planSprite(recipe, facts), mime: 'image/jpeg', negotiated: false };
  return { make: planLadder(recipe, facts, options.layers), mime: 'application/vnd.apple.mpegurl', negotiated: false };
}

/** Its layers, as operations of a picture. */
const layersOf = (make: FilmMake): PlanOp[] =>
  make.make === 'sprite' ? [] : make.ops.flatMap((op) => (op.op === 'overlay' ? [{ op: 'layer' as const, layer: op.layer }] : []));

/** The layers as they are drawn; the identity of the film stays that of what was asked for. @throws TransformationError ELIMIT */
function lighter(make: FilmMake, pictures: readonly LayerPicture[]): { make: FilmMake; inputs: readonly Key[] } {
  if (make.make === 'sprite') return { make, inputs: [] };
  const all: ImagePlan = {
    page: 0,
    animated: false,
    autoOrient: false,
    ops: layersOf(make),
    encode: { format: 'png', quality: 100, metadata: 'strip' },
  };
  const { plan, inputs } = withLayers(all, pictures);
  const drawn = plan.ops.flatMap((op) => (op.op === 'layer' ? [op.layer] : []));
  const next = drawn.values();
  return {
    make: { ...make, ops: make.ops.map((op) => (op.op === 'overlay' ? { ...op, layer: next.next().value ?? op.layer } : op)) },
    inputs,
  };
}

/**
 * @param pictures of the layers, in the order of the recipe
 * @throws DeliveryError EDECODE; TransformationError EPARAM, EUNSUPPORTED, ELIMIT
 */
export function filmRequest(
  wish: FilmWish,
  asset: DeliveryAsset,
  recipe: Recipe,
  options: Omit<FilmOptions, 'layers'> & { readonly pictures: readonly LayerPicture[] },
): FilmRequest {
  const { source, facts } = factsOf(asset);
  const { pictures } = options;
  const layers = layerInputs(pictures);
  const what = made(wish, recipe, facts, { ...options, layers });
  const { make, inputs } = lighter(what.make, pictures);
  const blobs = layerIdentities(pictures, inputs);
  const framings = lateFramings(layersOf(what.make), layers);
  const identity = canonicalJson({ film: FILM_VERSION, make: what.make, ...(blobs.length > 0 ? { inputs: blobs } : {}), framings });
  return {
    wish,
    source: { ...source, inputs, layers: [...layers] },
    ...what,
    make,
    recipeHash: createHash('sha256').update(identity).digest('hex'),
  };
}
