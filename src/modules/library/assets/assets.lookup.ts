import type { Ctx } from '../../../context.ts';
import type { AssetLookup, DeliveryAsset, StoredRaster } from '../delivery/index.ts';
import { type FoldersService, nameKey } from '../folders/index.ts';
import { isPublicNow } from './assets.dto.ts';
import type { AssetsLookupRepository, LookupRow } from './assets-lookup.repository.ts';

const RASTER = /^image\/(jpeg|png|webp|avif|gif|tiff)$/;

/** How delivery finds assets: by live path, then by an old path served in place, or by id; any kept version. */
export class AssetsLookup implements AssetLookup {
  private readonly repository: AssetsLookupRepository;
  private readonly folders: FoldersService;

  constructor(repository: AssetsLookupRepository, folders: FoldersService) {
    this.repository = repository;
    this.folders = folders;
  }

  async byPath(ctx: Ctx, path: string, version: number | null): Promise<DeliveryAsset | null> {
    const live = await this.there(ctx, `/${path}`, version);
    if (live) return live;
    // What lives here now decides, also about versions it does not have.
    if (version !== null && (await this.at(ctx, `/${path}`, null))) return null;
    const moved = await this.folders.followAlias(ctx, `/${path}`);
    if (moved === null) return null;
    const asset = 'assetId' in moved ? await this.byId(ctx, moved.assetId, version) : await this.there(ctx, moved.path, version);
    return asset && { ...asset, formerly: true };
  }

  async byId(ctx: Ctx, assetId: string, version: number | null): Promise<DeliveryAsset | null> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(assetId)) return null;
    const row = await this.repository.byId(ctx, assetId, version);
    return row && describe(row, ctx.clock.now());
  }

  private async there(ctx: Ctx, path: string, version: number | null): Promise<DeliveryAsset | null> {
    const row = await this.at(ctx, path, version);
    return row && describe(row, ctx.clock.now());
  }

  private at(ctx: Ctx, path: string, version: number | null): Promise<LookupRow | null> {
    const slash = path.lastIndexOf('/');
    return this.repository.byPath(ctx, path.slice(0, slash) || '/', nameKey(path.slice(slash + 1)), version);
  }
}

function stored(key: LookupRow['rasterKey'], width: number | null, height: number | null): StoredRaster | null {
  return key === null || width === null || height === null ? null : { key, width, height };
}

function describe(row: LookupRow, now: Date): DeliveryAsset {
  const raster = row.ingestedAt === null ? null : stored(row.rasterKey, row.rasterWidth, row.rasterHeight);
  const own = RASTER.test(row.mime);
  return {
    assetId: row.id,
    workspaceId: row.workspaceId,
    folderId: row.folderId,
    name: row.name,
    versionId: row.versionId,
    versionNumber: row.versionNumber,
    blobId: row.blobId,
    bytes: row.bytes,
    mime: row.mime,
    kind: row.kind,
    width: row.width,
    height: row.height,
    hasAlpha: row.hasAlpha,
    density: row.density,
    rights: row.rights,
    frames: row.frames,
    pages: row.pages,
    durationMs: row.durationMs,
    probe: row.probe ?? {},
    // Ingest that gave up brings nothing any more: to wait for it would be for ever.
    processing: row.ingestedAt === null && row.status === 'processing',
    public: { now: isPublicNow(row, now), until: nextChange(row, now) },
    releaseOriginal: row.releaseOriginal,
    mezzanine: own ? raster : null,
    still: own ? null : raster,
    half: raster && stored(row.halfKey, row.halfWidth, row.halfHeight),
    trashed: row.deletedAt !== null,
    framing: row.focalPoint || row.cropBox ? { point: row.focalPoint, box: row.cropBox } : null,
    formerly: false,
  };
}

/** When the answer to "is it public" may change by itself: no cache may outlive that. */
function nextChange(row: LookupRow, now: Date): Date | null {
  if (!row.publishedManually) return null;
  if (row.publishFrom !== null && row.publishFrom > now) return row.publishFrom;
  return row.publishUntil !== null && row.publishUntil > now ? row.publishUntil : null;
}
