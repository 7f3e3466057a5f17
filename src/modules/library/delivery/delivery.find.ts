import type { Ctx } from '../../../context.ts';
import { overLimit, type Recipe, type Step, TransformationError } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { Decision, Decisions } from './delivery.decisions.ts';
import { type Credential, type Grant, grantOf, grantReferenced } from './delivery.gate.ts';
import type { DeliveryAsset, PreviewAccess } from './delivery.lookup.ts';
import { type LayerPicture, rasterOf } from './delivery.raster.ts';
import { type Address, type FilmSuffix, libraryAddress } from './delivery.url.ts';

/** The asset of a request and everything else its transformation names, each under the same rule (decisions 3). */

export interface FindDeps {
  readonly decisions: Decisions;
  readonly access: PreviewAccess;
}

export interface Found {
  readonly decision: Decision;
  readonly grant: Grant;
  /** It is the default image, in place of what was asked for. */
  readonly standsIn: boolean;
}

const isMissing = (error: unknown): boolean => error instanceof DeliveryError && error.code === 'ENOENT';

/**
 * The asset at the address, or the default image when that is not to be had; one that is forbidden counts as absent.
 * @throws DeliveryError ENOENT
 */
export async function findAsset(
  deps: FindDeps,
  ctx: Ctx,
  credential: Credential,
  request: { address: Address; version: number | null; film: FilmSuffix | null; steps: readonly Step[]; recipe: Recipe },
): Promise<Found> {
  const { address, version, film, steps, recipe } = request;
  const decision = await deps.decisions.get(ctx, address, version);
  try {
    const grant = await grantOf(ctx, credential, decision?.asset ?? null, steps, deps.access, film);
    if (!decision) throw new DeliveryError('ENOENT');
    return { decision, grant, standsIn: false };
  } catch (error) {
    const instead = recipe.defaultImage === null ? null : libraryAddress(recipe.defaultImage);
    if (!isMissing(error) || !instead) throw error;
    const other = await deps.decisions.get(ctx, instead, null);
    if (!other) throw error;
    return { decision: other, grant: await grantReferenced(ctx, credential, other.asset, deps.access), standsIn: true };
  }
}

/** What fontconfig opens. */
const FONTS: ReadonlySet<string> = new Set(['font/ttf', 'font/otf']);
const MAX_FONT_BYTES = 20_000_000;

function checkFont({ mime, bytes }: DeliveryAsset): void {
  if (!FONTS.has(mime)) throw new TransformationError('EPARAM', 'ff names a file that is neither TTF nor OTF', { parameter: 'ff' });
  if (bytes > MAX_FONT_BYTES) throw overLimit('bytes of a typeface', bytes, MAX_FONT_BYTES);
}

export interface FoundLayers {
  readonly pictures: readonly LayerPicture[];
  /** Typefaces, in the order of the recipe. */
  readonly fonts: readonly DeliveryAsset[];
  readonly grants: readonly Grant[];
  /** Ingest of one of them goes on and it has no picture yet. */
  readonly preparing: boolean;
  /** ms; the decisions about them are not trusted longer. */
  readonly freshUntil: number;
}

/**
 * The pictures and typefaces of the layers, in the order of the recipe.
 * @throws TransformationError EPARAM for a file that is no typeface, ELIMIT for too large a one; DeliveryError ENOENT for one that is missing or forbidden, EDECODE for one without a picture
 */
export async function findLayers(
  deps: FindDeps,
  ctx: Ctx,
  credential: Credential,
  wanted: { readonly inputs: readonly string[]; readonly fonts: readonly string[] },
  isPreparing: (asset: DeliveryAsset) => boolean,
): Promise<FoundLayers> {
  const pictures: LayerPicture[] = [];
  const grants: Grant[] = [];
  let preparing = false;
  let freshUntil = Number.POSITIVE_INFINITY;
  const find = async (path: string): Promise<DeliveryAsset> => {
    const address = libraryAddress(path);
    const decision = address && (await deps.decisions.get(ctx, address, null));
    if (!decision) throw new DeliveryError('ENOENT');
    freshUntil = Math.min(freshUntil, decision.freshUntil);
    grants.push(await grantReferenced(ctx, credential, decision.asset, deps.access));
    return decision.asset;
  };
  for (const path of wanted.inputs) {
    const asset = await find(path);
    const raster = rasterOf(asset);
    if (raster) pictures.push({ path, asset, raster });
    else if (isPreparing(asset)) preparing = true;
    else throw new DeliveryError('EDECODE', 'There is no picture of the file of a layer.');
  }
  const fonts: DeliveryAsset[] = [];
  for (const path of wanted.fonts) {
    const asset = await find(path);
    if (asset.processing) preparing = true;
    else checkFont(asset);
    fonts.push(asset);
  }
  return { pictures, fonts, grants, preparing, freshUntil };
}
