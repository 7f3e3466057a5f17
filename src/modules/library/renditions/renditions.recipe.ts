import { createHash } from 'node:crypto';
import type { VectorWish } from '../../../platform/media/media.ts';
import { type ImagePlan, type OutputFormat, PIPELINE_VERSION } from '../../../platform/media/plan.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import type { lateFramings } from './renditions.late.ts';
import { readOwn } from './renditions.reader.ts';

/** Identity of derivatives (decisions 1): which recipe, under which key. */

/** JSON with sorted keys and without undefined members: one text per value. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

/** What a derivative depends on beside its plan. */
export interface Beside {
  /** The second of a film whose frame it is made from. */
  readonly second?: number | undefined;
  /** What a person marked in pictures of layers that are not planned yet (`lateFramings`). */
  readonly framings?: ReturnType<typeof lateFramings>;
  /** The stored raster it is made from in place of the original: when that is made anew, so is this (ADR 322). */
  readonly raster?: Key | undefined;
  /** Layers of a PSD that are drawn. */
  readonly psd?: readonly number[] | undefined;
  /** The film is HDR: what is made of its frames is for every screen (ADR 317). */
  readonly toned?: true | undefined;
}

/** Raised when layers of a PSD are drawn in another way. */
const PSD_DRAWING = 2;
const ofPsd = (layers: readonly number[] | undefined) => layers && { layers, drawing: PSD_DRAWING };

/**
 * SHA-256 over the plan: the steps resolved for this blob, with outcome format, quality and metadata policy. Equal results
 * written differently (`w-480` and `w-480,h-9999,c-at_max`) are one derivative. `inputs` are blob ids of layers and the like.
 */
export function recipeHash(plan: ImagePlan, inputs: readonly string[] = [], beside: Beside = {}): string {
  return createHash('sha256')
    .update(canonicalJson({ version: PIPELINE_VERSION, plan, inputs, ...beside, psd: ofPsd(beside.psd) }))
    .digest('hex');
}

export const EXTENSIONS: Readonly<Record<OutputFormat | 'svg', string>> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  gif: 'gif',
  svg: 'svg',
};

export function derivedKey(workspaceId: string, blobId: string, hash: string, format: OutputFormat | 'svg'): Key {
  return keys.derived(workspaceId, blobId, hash, EXTENSIONS[format]);
}

/** Strong ETag of a derivative: says nothing of the original's hash. */
export function etagOf(key: string): string {
  return `"${createHash('sha256').update(key).digest('hex').slice(0, 32)}"`;
}

/**
 * Identity of a still that is made on demand. `page` is 0-based; `second` null where there is no film; `toned` of an HDR film; `psd` layers of one.
 */
export function stillHash(
  page: number,
  second: number | null,
  { toned = false, psd }: { toned?: boolean; psd?: readonly number[] | undefined } = {},
): string {
  return createHash('sha256')
    .update(canonicalJson({ version: PIPELINE_VERSION, still: { page, second, psd: ofPsd(psd), ...(toned ? { toned } : {}) } }))
    .digest('hex');
}

/** Identity of an SVG that is written anew. */
export function vectorHash(wish: VectorWish): string {
  return createHash('sha256')
    .update(canonicalJson({ version: PIPELINE_VERSION, vector: wish }))
    .digest('hex');
}

/** Derivatives every raster gets at ingest; the same recipes as URLs, so these are prewarmed delivery. */
export const STANDARD_RECIPES = {
  thumbnail: 'w-480,h-480,c-at_max,f-webp,q-75',
  preview: 'w-1600,h-1600,c-at_max,f-webp,q-80',
} as const;
export type StandardRecipe = keyof typeof STANDARD_RECIPES;

export const STANDARD = { thumbnail: readOwn(STANDARD_RECIPES.thumbnail), preview: readOwn(STANDARD_RECIPES.preview) } as const;

/** Stands where a recipe hash stands in the key of a video's or an audio file's web preview. */
export const CLIP_RECIPE = 'clip-1';
