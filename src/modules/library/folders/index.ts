import type { AnyRoute } from '../../../platform/http/route.ts';
import { folderAccessRoutes } from './folder-access.routes.ts';
import { type FolderAccessDeps, FolderAccessService } from './folder-access.service.ts';
import { folderRoutes } from './folders.routes.ts';
import { type FoldersDeps, FoldersService } from './folders.service.ts';

export { tagListSchema, tagQuery } from './folders.schema.ts';
export { isReservedAtRoot, joinPath, nameKey, numbered, splitExtension } from './folders.path.ts';
export { FolderAccessRepository } from './folder-access.repository.ts';
export { type ExplainQuery, type ExplanationDto, explainQuery, explanationSchema } from './folder-access.schema.ts';
export type { FolderRow } from './folders.repository.ts';
export { FoldersRepository } from './folders.repository.ts';
export { nameReserved } from './folders.service.ts';
export type { FoldersService } from './folders.service.ts';

/** Declarations alone, for OpenAPI. */
export { folderAccessRoutes } from './folder-access.routes.ts';
export { folderRoutes } from './folders.routes.ts';

export interface Folders {
  service: FoldersService;
  access: FolderAccessService;
  routes: AnyRoute[];
}

export function createFolders(deps: FoldersDeps & Pick<FolderAccessDeps, 'actorNow'>): Folders {
  const service = new FoldersService(deps);
  const access = new FolderAccessService({ ...deps, folders: service });
  return { service, access, routes: [...folderRoutes(service), ...folderAccessRoutes(access)] };
}
