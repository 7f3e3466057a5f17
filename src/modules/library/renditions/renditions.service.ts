import type { Ctx } from '../../../context.ts';
import type { ImagePlan, RenderedImage } from '../../../platform/media/plan.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import { planFor, type PlanSource } from './renditions.plan.ts';
import { type Beside, derivedKey, recipeHash, STANDARD, type StandardRecipe } from './renditions.recipe.ts';
import type { RenditionRow, RenditionsRepository } from './renditions.repository.ts';
import { HALF_SIDE, mezzaninePlan, needsMezzanine, onSmallest } from './renditions.source.ts';

export interface VersionFacts extends PlanSource {
  readonly workspaceId: string;
  readonly blobId: string;
  /** An HDR film, whose poster is made for every screen. */
  readonly toned?: boolean;
}

export interface StandardPlan {
  readonly name: StandardRecipe | 'mezzanine' | 'mezzanine-half';
  readonly plan: ImagePlan;
  readonly recipeHash: string;
  readonly key: Key;
}

/** Size of the picture that a plan of one scaling makes, px. */
function sizeAfter({ ops }: ImagePlan, { width, height }: VersionFacts): { width: number; height: number } {
  const [scale] = ops;
  return scale?.op === 'scale' ? scale : { width, height };
}

/** What is stored, as the API tells it. */
export interface RenditionInfo {
  readonly name: string;
  readonly mime: string;
  /** px */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** Derivatives that are kept: the standard ones of ingest, and those that URLs asked for. */
export class RenditionsService {
  private readonly repository: RenditionsRepository;
  private readonly storage: Storage;

  constructor(repository: RenditionsRepository, storage: Storage) {
    this.repository = repository;
    this.storage = storage;
  }

  /** Whether delivery starts from a mezzanine of this version. */
  needsMezzanine(version: VersionFacts): boolean {
    return needsMezzanine(version);
  }

  /**
   * What ingest makes of a version's raster (or of the still that stands for it, whose size and alpha are then given):
   * thumbnail, preview, and the mezzanine and its half where one is due, lossless when its pixels have alpha or few colours (else told by the
   * version). Keys are those of the same recipes in URLs.
   * @throws TransformationError when the picture is beyond every limit
   */
  standardPlans(version: VersionFacts, options: { mezzanine?: boolean; fewColours?: boolean; hasAlpha?: boolean } = {}): StandardPlan[] {
    const identify = (name: StandardPlan['name'], plan: ImagePlan, beside: Beside = {}): StandardPlan => {
      const hash = recipeHash(plan, [], beside);
      return { name, plan, recipeHash: hash, key: derivedKey(version.workspaceId, version.blobId, hash, plan.encode.format) };
    };
    const wanted = options.mezzanine ?? needsMezzanine(version);
    const raster = (name: StandardPlan['name'], side?: number) => {
      const plan = mezzaninePlan({ ...version, ...options }, side);
      return { ...identify(name, plan, { toned: version.toned || undefined }), ...sizeAfter(plan, version) };
    };
    const mezzanine = wanted ? raster('mezzanine') : null;
    const halved = mezzanine !== null && Math.max(mezzanine.width, mezzanine.height) > HALF_SIDE;
    const half = halved ? raster('mezzanine-half', HALF_SIDE) : null;
    const accept = { avif: false, webp: false };
    const plans = (['thumbnail', 'preview'] as const).map((name) => {
      const { plan } = planFor(STANDARD[name], version, { accept, avif: false });
      // A URL with the same recipe would begin from one of the two.
      return identify(name, plan, { raster: onSmallest(plan, version, [half, mezzanine])?.raster.key });
    });
    return [...plans, ...[mezzanine, half].filter((each) => each !== null)];
  }

  /**
   * Stores a derivative: bytes first, whole or absent, then its row. Doing it twice changes nothing. `claimedBy` gives back
   * that owner's claim on the key.
   */
  async store(
    ctx: Ctx,
    versionId: string,
    item: { key: Key; recipeHash: string; name?: string | null; claimedBy?: string },
    rendered: RenderedImage,
  ): Promise<void> {
    // What a URL asked for is made again when a power cut takes it; what the library itself begins from is not.
    await this.storage.put(item.key, rendered.data, { durable: typeof item.name === 'string' });
    const { mime, width, height, data } = rendered;
    const row = { recipeHash: item.recipeHash, name: item.name ?? null, storageKey: item.key, mime, width, height, bytes: data.length };
    await this.repository.record(ctx, versionId, row, item.claimedBy);
  }

  /** Records bytes that are stored already: the clip of a video, written by its own tool. Sizes in px, 0 when there is none. */
  async record(ctx: Ctx, versionId: string, rendition: Omit<RenditionRow, 'id'>): Promise<void> {
    await this.repository.record(ctx, versionId, rendition);
  }

  /** Named derivatives of a version, for its page. */
  async list(ctx: Ctx, versionId: string): Promise<RenditionInfo[]> {
    const rows = await this.repository.ofVersion(ctx, versionId);
    return rows.flatMap(({ name, mime, width, height, bytes }) => (name === null ? [] : [{ name, mime, width, height, bytes }]));
  }

  /** The stored derivative of this name, e.g. `mezzanine`, or null. */
  async findNamed(ctx: Ctx, versionId: string, name: string): Promise<RenditionRow | null> {
    return (await this.repository.ofVersion(ctx, versionId)).find((row) => row.name === name) ?? null;
  }

  /** Takes the claim to make `key` for `ms` milliseconds; false when another process holds it. */
  async claim(ctx: Ctx, key: Key, owner: string, ms: number): Promise<boolean> {
    return this.repository.claim(ctx, key, owner, new Date(ctx.clock.now().getTime() + ms));
  }

  async release(ctx: Ctx, key: Key, owner: string): Promise<void> {
    await this.repository.release(ctx, key, owner);
  }
}
