import type { AnyRoute } from '../../../platform/http/route.ts';
import type { JobDef } from '../../../platform/queue/queue.ts';
import { directRoutes } from './uploads-direct.routes.ts';
import { DirectService } from './uploads-direct.service.ts';
import { MultipartService } from './uploads-multipart.service.ts';
import { sweepJob, type SweepDeps } from './uploads.jobs.ts';
import { uploadRoutes, type UploadRoutesDeps } from './uploads.routes.ts';
import { type UploadsDeps, UploadsService } from './uploads.service.ts';

export { UploadsRepository } from './uploads.repository.ts';
export { UPLOAD_LIFETIME_MS } from './uploads.row.ts';
export type { UploadsService } from './uploads.service.ts';

/** Declarations alone, for OpenAPI. */
export { directRoutes } from './uploads-direct.routes.ts';
export { uploadRoutes } from './uploads.routes.ts';

export interface Uploads {
  service: UploadsService;
  routes: AnyRoute[];
  jobs: JobDef<never>[];
  /** The tus handler, for OPTIONS requests that no route declares. */
  tus: UploadRoutesDeps['tus'];
}

export function createUploads(
  deps: UploadsDeps & {
    sweep: Omit<SweepDeps, 'repository' | 'storage'>;
    readAsset: UploadRoutesDeps['readAsset'];
    makeTus(service: UploadsService): UploadRoutesDeps['tus'];
  },
): Uploads {
  const service = new UploadsService(deps);
  const tus = deps.makeTus(service);
  const multipart = new MultipartService({ ...deps, uploads: service });
  const direct = new DirectService({ ...deps, uploads: service });
  return {
    service,
    routes: [
      ...uploadRoutes({ multipart, readAsset: deps.readAsset, tus, maxBytes: deps.maxBytes, telemetry: deps.telemetry }),
      ...directRoutes({ direct, readAsset: deps.readAsset, telemetry: deps.telemetry }),
    ],
    tus,
    jobs: [sweepJob({ ...deps.sweep, repository: deps.repository, storage: deps.storage })],
  };
}
