import { auditLogRoutes } from './modules/core/audit-log/index.ts';
import { declaredIdentityRoutes } from './modules/core/identity/index.ts';
import { jobRoutes } from './modules/core/jobs/index.ts';
import { liveRoutes } from './modules/core/live/index.ts';
import { assetRoutes } from './modules/library/assets/index.ts';
import { endpointRoutes } from './modules/library/delivery/index.ts';
import { folderAccessRoutes, folderRoutes } from './modules/library/folders/index.ts';
import { directRoutes, uploadRoutes } from './modules/library/uploads/index.ts';
import type { AnyRoute } from './platform/http/route.ts';

/**
 * Every route as a declaration, without anything being started: what OpenAPI, the docs and the test that walks all routes as nobody read.
 * A test compares it with what a running container serves.
 */
export function declaredRoutes(): AnyRoute[] {
  // Handlers are never called here, so their dependencies are never touched.
  const nothing = new Proxy({}, { get: () => undefined }) as never;
  return [
    ...declaredIdentityRoutes(),
    ...auditLogRoutes(nothing),
    ...jobRoutes(nothing),
    ...liveRoutes(nothing),
    ...folderRoutes(nothing),
    ...folderAccessRoutes(nothing),
    ...endpointRoutes(nothing),
    ...assetRoutes(nothing),
    ...uploadRoutes(nothing),
    ...directRoutes(nothing),
  ];
}
