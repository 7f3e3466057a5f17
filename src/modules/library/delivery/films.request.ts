import { createHash } from 'node:crypto';
import type { ImagePlan, PlanOp } from '../../../platform/media/plan.ts';
import { everyOp, FILM_VERSION, type FilmMake, type FilmOp, type FilmSource, hdrOf, matrixOf } from '../../../platform/media/film-plan.ts';
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
  TransformationError,
} from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import { layerIdentities, layerInputs, withLayers } from './delivery.layers.ts';
import type { LayerPicture } from './delivery.raster.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { DeliveryUrl } from './delivery.url.ts';
import type { FilmEntity, FilmOrigin } from './films.entity.ts';
import type { FoundFile } from './films.files.ts';

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
  /** A client that saves data gets (or would get) another quality. */
  readonly thrifty: boolean;
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

type Piecewise = Pick<FilmEntity, 'make' | 'made'>;

/** The piece that is there when anything is: the whole file, or where the first rung begins. */
export function firstPiece({ make }: Pick<FilmEntity, 'make'>): string {
  if (make.make === 'film') return `film.${make.container}`;
  return make.make === 'sprite' ? 'sprite.jpg' : `${make.rungs[0]?.name ?? 'audio'}-init.mp4`;
}

/** Whether a piece of this name was made, as far as the row knows. */
export function isListed(film: Piecewise, name: string): boolean {
  if (film.make.make !== 'ladder') return name === firstPiece(film);
  const [, rung = '', part = ''] = /^([a-z0-9]+)-(init|\d+)\./.exec(name) ?? [];
  const made = Object.hasOwn(film.made.pieces, rung) ? (film.made.pieces[rung]?.length ?? 0) : 0;
  return part === 'init' ? made > 0 : Number(part) < made;
}

/** @throws TransformationError EPARAM for what is no GIF, and for the format of a picture */
function animation(asset: DeliveryAsset, { format }: Recipe): FilmWish {
  const bad = (parameter: string, message: string) => new TransformationError('EPARAM', message, { parameter });
  // While ingest is at work, its type may be a guess by the name.
  if (asset.mime !== 'image/gif' && !asset.processing) throw bad('path', '/ik-gif-video.mp4 is for moving GIFs');
  if (format !== null && PICTURES.has(format)) throw bad('f', `/ik-gif-video.mp4 is a film; f-${format} is the format of a picture`);
  return 'film';
}

/** What the keys of all pieces of a film begin with. */
export function piecesPrefix(film: { workspaceId: string; blobId: string; recipeHash: string }): string {
  const one = pieceKey(film, 'film.mp4');
  return one.slice(0, -'film.mp4'.length);
}

/** What of a film the address means; null = a picture, or the file itself. @throws TransformationError EPARAM */
export function filmWish(url: DeliveryUrl, asset: DeliveryAsset, recipe: Recipe): FilmWish | null {
  if (url.film === 'hls' || url.film === 'dash' || url.film === 'sprite' || url.film === 'cues') return url.film;
  if (recipe.original || url.still) return null;
  if (url.film === 'gif') return animation(asset, recipe);
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
  const hdr = hdrOf(probe);
  return {
    source: { demuxers, frameRate, hasAudio, seconds, matrix: matrixOf(probe), ...(hdr ? { hdr } : {}) },
    facts: { width, height, seconds, hasAudio, pixelRatio: moving ? 1 : pixelRatio(asset), framing: asset.framing },
  };
}

/** A film is wanted as WebM only by those who name it: every browser plays MP4. */
export const acceptsWebm = (accept: string | undefined): boolean =>
  /(^|[\s,])video\/webm\s*(;(?!\s*q=0(\.0+)?\s*(,|$))|,|$)/i.test(accept ?? '');

function made(
  wish: FilmWish,
  recipe: Recipe,
  facts: FilmFacts,
  options: FilmOptions,
): Pick<FilmRequest, 'make' | 'mime' | 'negotiated' | 'thrifty'> {
  if (wish === 'film') {
    const { plan, mime, negotiated, thrifty } = planFilm(recipe, facts, options);
    return { make: plan, mime, negotiated, thrifty };
  }
  if (wish === 'sprite' || wish === 'cues')
    return { make: planSprite(recipe, facts), mime: 'image/jpeg', negotiated: false, thrifty: false };
  return { make: planLadder(recipe, facts, options), mime: 'application/vnd.apple.mpegurl', negotiated: false, thrifty: false };
}

/** Its layers, as operations of a picture. */
const layersOf = (make: FilmMake): PlanOp[] =>
  make.make === 'sprite' ? [] : everyOp(make.ops).flatMap((op) => (op.op === 'overlay' ? [{ op: 'layer' as const, layer: op.layer }] : []));

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
  // In the order of `everyOp`.
  const lightened = (op: FilmOp): FilmOp => {
    if (op.op === 'overlay') return { ...op, layer: next.next().value ?? op.layer };
    return op.op === 'inset' ? { ...op, ops: op.ops.map(lightened) } : op;
  };
  return { make: { ...make, ops: make.ops.map(lightened) }, inputs };
}

/** What is laid over it and is no picture, as planning and the maker know it. */
const laidFile = ({ kind, path, asset }: FoundFile) => {
  const known = kind === 'film' ? factsOf(asset) : { facts: null, source: null };
  return { path, ...known, key: keys.original(asset.workspaceId, asset.blobId), blobId: asset.blobId };
};

/**
 * @param options with pictures of the layers, and films and subtitles laid over it, in the order of the recipe
 * @throws DeliveryError EDECODE; TransformationError EPARAM, EUNSUPPORTED, ELIMIT
 */
export function filmRequest(
  wish: FilmWish,
  asset: DeliveryAsset,
  recipe: Recipe,
  options: Omit<FilmOptions, 'layers' | 'files'> & { readonly pictures: readonly LayerPicture[]; readonly files: readonly FoundFile[] },
): FilmRequest {
  const { source, facts } = factsOf(asset);
  const { pictures } = options;
  const layers = layerInputs(pictures);
  const files = options.files.map(laidFile);
  const what = made(wish, recipe, facts, { ...options, layers, files });
  const { make, inputs } = lighter(what.make, pictures);
  const blobs = layerIdentities(pictures, inputs);
  const laid = files.map(({ blobId }) => blobId);
  const identity = canonicalJson({
    film: FILM_VERSION,
    make: what.make,
    ...(blobs.length > 0 ? { inputs: blobs } : {}),
    ...(laid.length > 0 ? { files: laid } : {}),
    framings: lateFramings(layersOf(what.make), layers),
  });
  return {
    wish,
    source: { ...source, inputs, layers: [...layers], files: files.map((file) => ({ key: file.key, source: file.source })) },
    ...what,
    make,
    recipeHash: createHash('sha256').update(identity).digest('hex'),
  };
}
