import type { AnyRoute } from '../../../platform/http/route.ts';
import { folderRoutes } from './folders.routes.ts';
import { type FoldersDeps, FoldersService } from './folders.service.ts';

export { tagListSchema, tagQuery } from './folders.schema.ts';
export { isReservedAtRoot, joinPath, nameKey, numbered, splitExtension } from './folders.path.ts';
export type { FolderRow } from './folders.repository.ts';
export { FoldersRepository } from './folders.repository.ts';
export { nameReserved } from './folders.service.ts';
export type { FoldersService } from './folders.service.ts';

/** Declarations alone, for OpenAPI. */
export { folderRoutes } from './folders.routes.ts';

export interface Folders {
  service: FoldersService;
  routes: AnyRoute[];
}

export function createFolders(deps: FoldersDeps): Folders {
  const service = new FoldersService(deps);
  return { service, routes: folderRoutes(service) };
}
