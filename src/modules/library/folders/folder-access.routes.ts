import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import {
  explainQuery,
  explanationSchema,
  folderAccessSchema,
  grantCreateSchema,
  grantPatchSchema,
  inheritanceSchema,
} from './folder-access.schema.ts';
import type { FolderAccessService } from './folder-access.service.ts';

const tag = 'Folders';
const since = '0.1.0';
const folderParams = z.object({ id: z.uuid() });
const grantParams = z.object({ id: z.uuid(), grantId: z.uuid() });
/** Keys do not decide who may do what; they may look. */
const changing = signedIn(null, 'manage', 'folder');

export function folderAccessRoutes(access: FolderAccessService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/folders/:id/grants',
      id: 'folderGrants.list',
      summary: 'Who may do what in a folder',
      description: 'Its own grants and those it inherits. What roles give at the root is not listed.',
      ...{ tag, since, access: signedIn('workspace:manage', 'manage', 'folder') },
      params: folderParams,
      responses: { 200: folderAccessSchema },
      handle: async ({ ctx, params }) => ({ body: await access.list(ctx, params.id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/folders/:id/grants',
      id: 'folderGrants.create',
      summary: 'Allow or deny somebody something in a folder and below',
      description:
        'Nobody gives a verb that they do not hold there themselves. A denial wins over every grant, above or below; administrators are not bound by it.',
      ...{ tag, since, access: changing },
      params: folderParams,
      body: grantCreateSchema,
      responses: { 201: folderAccessSchema },
      handle: async ({ ctx, params, body }) => ({ status: 201, body: await access.grant(ctx, params.id, body) }),
    }),
    defineRoute({
      method: 'patch',
      path: '/folders/:id/grants/:grantId',
      id: 'folderGrants.update',
      summary: 'Change a grant of a folder',
      ...{ tag, since, access: changing },
      params: grantParams,
      body: grantPatchSchema,
      responses: { 200: folderAccessSchema },
      handle: async ({ ctx, params, body }) => ({ body: await access.update(ctx, params.id, params.grantId, body) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/folders/:id/grants/:grantId',
      id: 'folderGrants.delete',
      summary: 'Remove a grant from a folder',
      description: 'To take a denial away one must hold what it denies.',
      ...{ tag, since, access: changing },
      params: grantParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await access.remove(ctx, params.id, params.grantId);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/folders/:id/inheritance',
      id: 'folderGrants.inheritance',
      summary: 'End what a folder inherits, or let it inherit again',
      description:
        'Without inheritance only the folder’s own grants count, and administrators. Denials from above stay, and whoever ends it keeps what they may do.',
      ...{ tag, since, access: changing },
      params: folderParams,
      body: inheritanceSchema,
      responses: { 200: folderAccessSchema },
      handle: async ({ ctx, params, body }) => ({ body: await access.setInheritance(ctx, params.id, body) }),
    }),
    defineRoute({
      method: 'get',
      path: '/folders/:id/access/explain',
      id: 'folders.explain',
      summary: 'Why somebody may or may not do something in a folder',
      description: 'About oneself for everybody who may read there, about others for those who manage there.',
      ...{ tag, since, access: signedIn('assets:read', 'read', 'folder') },
      params: folderParams,
      query: explainQuery,
      responses: { 200: explanationSchema },
      handle: async ({ ctx, params, query }) => ({ body: await access.explainFolder(ctx, params.id, query) }),
    }),
  ];
}
