import type { Ctx } from '../../../context.ts';
import type { AssetLookup, DeliveryAsset, StoredRaster } from '../delivery/index.ts';
import { type FoldersService, nameKey } from '../folders/index.ts';
import type { Renditions } from '../renditions/index.ts';
import { isPublicNow } from './assets.dto.ts';
import type { AssetRow, AssetsRepository } from './assets.repository.ts';

const RASTER = /^image\/(jpeg|png|webp|avif|gif|tiff)$/;

/** How delivery finds assets: by live path, then by an old path served in place, or by id; any kept version. */
export class AssetsLookup implements AssetLookup {
  private readonly repository: AssetsRepository;
  private readonly folders: FoldersService;
  private readonly renditions: Renditions;

  constructor(repository: AssetsRepository, folders: FoldersService, renditions: Renditions) {
    this.repository = repository;
    this.folders = folders;
    this.renditions = renditions;
  }

  async byPath(ctx: Ctx, path: string, version: number | null): Promise<DeliveryAsset | null> {
    const live = await this.at(ctx, `/${path}`);
    if (live) return this.describe(ctx, live, version);
    const moved = await this.folders.followAlias(ctx, `/${path}`);
    if (moved === null) return null;
    if ('assetId' in moved) return this.byId(ctx, moved.assetId, version);
    const row = await this.at(ctx, moved.path);
    return row ? this.describe(ctx, row, version) : null;
  }

  async byId(ctx: Ctx, assetId: string, version: number | null): Promise<DeliveryAsset | null> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(assetId)) return null;
    const [row] = await this.repository.rows(ctx, [assetId], { trashed: true });
    return row ? this.describe(ctx, row, version) : null;
  }

  private at(ctx: Ctx, path: string): Promise<AssetRow | null> {
    const slash = path.lastIndexOf('/');
    return this.repository.byPath(ctx, path.slice(0, slash) || '/', nameKey(path.slice(slash + 1)));
  }

  private async describe(ctx: Ctx, current: AssetRow, version: number | null): Promise<DeliveryAsset | null> {
    const row = version === null || version === current.versionNumber ? current : await this.repository.atVersion(ctx, current.id, version);
    if (!row) return null;
    const now = ctx.clock.now();
    const stored = row.ingestedAt === null ? null : await this.renditions.findNamed(ctx, row.versionId, 'mezzanine');
    const raster: StoredRaster | null = stored && { key: stored.storageKey, width: stored.width, height: stored.height };
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
      frames: row.frames,
      processing: row.ingestedAt === null,
      public: { now: isPublicNow(row, now), until: nextChange(row, now) },
      releaseOriginal: row.releaseOriginal,
      mezzanine: own ? raster : null,
      still: own ? null : raster,
      trashed: row.deletedAt !== null,
    };
  }
}

/** When the answer to "is it public" may change by itself: no cache may outlive that. */
function nextChange(row: AssetRow, now: Date): Date | null {
  if (!row.publishedManually) return null;
  if (row.publishFrom !== null && row.publishFrom > now) return row.publishFrom;
  return row.publishUntil !== null && row.publishUntil > now ? row.publishUntil : null;
}
