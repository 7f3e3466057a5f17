import type { AnyRoute } from '../../../platform/http/route.ts';
import type { Telemetry } from '../../../telemetry.ts';
import type { Jobs } from '../../core/jobs/index.ts';
import { type CreateDeps, AssetsCreateService } from './assets-create.service.ts';
import { AssetsEditService } from './assets-edit.service.ts';
import { registerBulkKinds, startBulk } from './assets.jobs.ts';
import { DownloadsService } from './assets-download.service.ts';
import { assetRoutes, type AssetRoutesDeps } from './assets.routes.ts';
import { type AssetsDeps, AssetsService } from './assets.service.ts';

export { AssetsStoreRepository } from './assets-store.repository.ts';
export type { AssetsCreateService } from './assets-create.service.ts';
export type { AssetsEditService } from './assets-edit.service.ts';
export type { AssetUrls } from './assets.dto.ts';
export { type AssetRow, AssetsRepository } from './assets.repository.ts';
export { type AssetDto, assetSchema, uploadFieldsSchema, uploadResultSchema } from './assets.schema.ts';
export type { AssetsService } from './assets.service.ts';
export { AssetsLookup } from './assets.lookup.ts';
export { AssetsLookupRepository } from './assets-lookup.repository.ts';
export { loadForIndex } from './assets.indexing.ts';

/** Declarations alone, for OpenAPI. */
export { assetRoutes } from './assets.routes.ts';

export interface Assets {
  service: AssetsService;
  create: AssetsCreateService;
  edit: AssetsEditService;
  routes(
    deps: Omit<AssetRoutesDeps, 'assets' | 'edit' | 'folders' | 'metadata' | 'downloads' | 'startBulk'> & { presigned: boolean },
  ): AnyRoute[];
}

export function createAssets(deps: AssetsDeps & Omit<CreateDeps, 'assets'> & { jobs: Jobs; telemetry: Telemetry }): Assets {
  const service = new AssetsService(deps);
  const create = new AssetsCreateService({ ...deps, assets: service });
  const edit = new AssetsEditService({ ...deps, assets: service, create });
  registerBulkKinds(deps.jobs, edit);
  return {
    service,
    create,
    edit,
    routes: (more) =>
      assetRoutes({
        ...more,
        assets: service,
        edit,
        folders: deps.folders,
        metadata: deps.metadata,
        downloads: new DownloadsService(more),
        startBulk: (ctx, action) => startBulk(deps.jobs, ctx, action),
      }),
  };
}
