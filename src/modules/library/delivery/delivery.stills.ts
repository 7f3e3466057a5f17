import type { Identified, Kind } from '../../../platform/media/media.ts';
import { hdrOf } from '../../../platform/media/film-plan.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import { evaluate, layersOf, type Recipe, stillHash, TransformationError } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';

/** Stills that are made when somebody asks for them: pages after the first, seconds of a film (ADR 0306). Pure. */

export interface WantedStill {
  /** 0-based. */
  readonly page: number;
  /** Seconds in whole hundredths; null = no film. */
  readonly second: number | null;
  /** Layers of a PSD, pages as `pg` counts them. */
  readonly layers?: readonly number[];
}

/** A still as it is drawn and kept: the source of every derivative of that page or second. */
export interface Drawn {
  readonly key: Key;
  readonly recipeHash: string;
  readonly versionId: string;
  readonly original: Key;
  readonly bytes: number;
  readonly identified: Identified;
  readonly wanted: WantedStill;
}

/** Rasters that are too large for a raster child are decoded at ingest only (decisions 1). */
const OWN: ReadonlySet<string> = new Set(['image/gif', 'image/tiff', 'image/webp', 'image/avif']);

const KINDS: readonly Kind[] = ['image', 'video', 'audio', 'document', 'other'];

const bad = (parameter: string, message: string, given: number, allowed: number) =>
  new TransformationError('EPARAM', message, { parameter, given, allowed });

/** @throws EPARAM for a time that is not within the film */
function secondOf(asset: DeliveryAsset, start: NonNullable<NonNullable<Recipe['video']>['start']>): number {
  const length = asset.durationMs === null ? Number.POSITIVE_INFINITY : asset.durationMs / 1000;
  const sizes = asset.width && asset.height ? { iw: asset.width, ih: asset.height, iar: asset.width / asset.height } : {};
  const known = { ...sizes, ...(asset.durationMs === null ? {} : { idu: length }) };
  const value = start.kind === 'number' ? start.value : evaluate(start.expression, known);
  if (value === null) throw new TransformationError('EPARAM', 'the expression of so cannot be computed for this film', { parameter: 'so' });
  const second = Math.round(value * 100) / 100;
  if (second >= 0 && second < length) return second;
  throw bad('so', `so is ${second}; from 0 to less than ${length} s is allowed`, second, length);
}

type Video = NonNullable<Recipe['video']>;
const KEYS: readonly (readonly [keyof Video, string])[] = [
  ['start', 'so'],
  ['end', 'eo'],
  ['duration', 'du'],
  ['rungs', 'sr'],
  ['videoCodec', 'vc'],
  ['audioCodec', 'ac'],
];

/** The parameters of films that were named. */
export const saidOf = (video: Video): string[] => KEYS.filter(([member]) => video[member] !== null).map(([, key]) => key);
export const PSD = 'image/vnd.adobe.photoshop';

const isText = (value: unknown): value is string => typeof value === 'string';

/** @throws TransformationError EPARAM for layers that are not there, EUNSUPPORTED where they were not read */
function psdStill({ probe }: DeliveryAsset, { page, selection }: Recipe): WantedStill | null {
  const wanted = selection ?? page ?? 1;
  if (wanted === 1) return null;
  const names = Array.isArray(probe.layers) ? probe.layers.filter(isText) : null;
  const layers = layersOf(wanted, names);
  // The whole picture alone, however it was written.
  return layers.every((each) => each === 1) ? null : { page: 0, second: null, layers };
}

/**
 * The still that a request wants and that ingest has not made; null when what is there will do.
 * @param raster whether the page can be decoded straight from the original
 * @throws DeliveryError EUNSUPPORTED for other pages of what is too large; TransformationError EPARAM for a second outside the film, or what a still has no use for
 */
export function wantedStill(asset: DeliveryAsset, recipe: Recipe, raster: boolean): WantedStill | null {
  if (recipe.video) {
    if (asset.kind !== 'video') throw new TransformationError('EPARAM', 'so is for films', { parameter: 'so' });
    const { start } = recipe.video;
    const [key] = saidOf({ ...recipe.video, start: null });
    if (key !== undefined) throw new TransformationError('EPARAM', `${key} means nothing for a still`, { parameter: key });
    return start && { page: 0, second: secondOf(asset, start) };
  }
  if (asset.mime === PSD) return psdStill(asset, recipe);
  const page = recipe.page ?? 1;
  if (page === 1 || raster) return null;
  if (OWN.has(asset.mime))
    throw new DeliveryError('EUNSUPPORTED', 'Other pages of so large a picture are not available', { parameter: 'pg' });
  // The planner says how many there are.
  return page <= (asset.pages ?? 1) ? { page: page - 1, second: null } : null;
}

/** Layers are the one page of the still that is made of them, however they were written. */
export function withoutPages(recipe: Recipe): Recipe {
  const steps = recipe.steps.map((step) =>
    step.kind === 'items' ? { ...step, ops: step.ops.filter(({ name }) => name !== 'page') } : step,
  );
  return { ...recipe, steps, page: null, selection: null };
}

/** How the still is made, and where it is kept: one for all sizes and formats. */
export function drawnOf(asset: DeliveryAsset, wanted: WantedStill): Drawn {
  const { workspaceId, blobId, versionId, mime, width, height, pages, frames, durationMs, hasAlpha, probe } = asset;
  const hash = stillHash(wanted.page, wanted.second, { toned: hdrOf(probe) !== null, psd: wanted.layers });
  const kind = KINDS.find((each) => each === asset.kind) ?? 'other';
  return {
    // JPEG or WebP, as its pixels will ask for.
    key: keys.derived(workspaceId, blobId, hash, 'still'),
    recipeHash: hash,
    versionId,
    original: keys.original(workspaceId, blobId),
    bytes: asset.bytes,
    identified: {
      ...{ kind, mime, width, height, pages, frames, durationMs, hasAlpha, probe },
      extension: '',
      orientation: null,
      problem: null,
    },
    wanted,
  };
}
