import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { ifMatchVersion } from '../../../platform/http/if-match.ts';
import type { FolderWithCounts } from './folders.repository.ts';
import { type FolderDto, folderCreateSchema, folderListSchema, folderPatchSchema, folderQuery, folderSchema } from './folders.schema.ts';
import type { FoldersService } from './folders.service.ts';

const idParams = z.object({ id: z.uuid() });

function toDto(row: FolderWithCounts): FolderDto {
  return {
    id: row.id,
    parentId: row.parentId,
    name: row.name,
    path: row.path,
    assets: row.assets,
    folders: row.folders,
    rowVersion: row.rowVersion,
    createdAt: row.createdAt.toISOString(),
  };
}

export function folderRoutes(service: FoldersService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/folders',
      id: 'folders.list',
      summary: 'Folders by path',
      tag: 'Folders',
      since: '0.1',
      access: signedIn('assets:read', 'list', 'folder'),
      query: folderQuery,
      responses: { 200: folderListSchema },
      handle: async ({ ctx, query }) => {
        const { items, nextCursor } = await service.list(ctx, query);
        return { body: { items: items.map(toDto), nextCursor } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/folders',
      id: 'folders.create',
      summary: 'Create a folder and its missing parents',
      tag: 'Folders',
      since: '0.1',
      access: signedIn('folders:write', 'create', 'folder'),
      body: folderCreateSchema,
      responses: { 201: folderSchema },
      handle: async ({ ctx, body }) => ({ status: 201, body: toDto(await service.create(ctx, body.path)) }),
    }),
    defineRoute({
      method: 'patch',
      path: '/folders/:id',
      id: 'folders.update',
      summary: 'Rename or move a folder',
      description: 'Addresses below the old path keep working for 400 days.',
      tag: 'Folders',
      since: '0.1',
      access: signedIn('folders:write', 'edit', 'folder'),
      params: idParams,
      body: folderPatchSchema,
      ifMatch: true,
      responses: { 200: folderSchema },
      handle: async ({ ctx, params, body, req }) => ({ body: toDto(await service.change(ctx, params.id, ifMatchVersion(req), body)) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/folders/:id',
      id: 'folders.delete',
      summary: 'Delete an empty folder',
      tag: 'Folders',
      since: '0.1',
      access: signedIn('folders:write', 'delete', 'folder'),
      params: idParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await service.remove(ctx, params.id);
        return { status: 204 };
      },
    }),
  ];
}
