import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { roleCreateSchema, roleKeySchema, roleListSchema, rolePatchSchema, roleSchema } from './roles.schema.ts';
import type { RolesService } from './roles.service.ts';

const tag = 'Administration';
const since = '0.1.0';
const keyParams = z.object({ key: roleKeySchema });
const changing = signedIn(null, 'manage', 'workspace');

export function roleRoutes(roles: RolesService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/roles',
      id: 'roles.list',
      summary: 'Roles, built-in ones first, and what they allow',
      ...{ tag, since, access: signedIn('members:manage', 'manage', 'workspace') },
      responses: { 200: roleListSchema },
      handle: async ({ ctx }) => ({ body: await roles.list(ctx) }),
    }),
    defineRoute({
      method: 'post',
      path: '/roles',
      id: 'roles.create',
      summary: 'Make a role of the workspace’s own',
      description: 'Nobody makes a role that may do more than they may themselves.',
      ...{ tag, since, access: changing },
      body: roleCreateSchema,
      responses: { 201: roleSchema },
      handle: async ({ ctx, body }) => ({ status: 201, body: await roles.create(ctx, body) }),
    }),
    defineRoute({
      method: 'patch',
      path: '/roles/:key',
      id: 'roles.update',
      summary: 'Change a role of the workspace’s own',
      description: 'Its people may do what it says from their next request on. Built-in roles stay as they are.',
      ...{ tag, since, access: changing },
      params: keyParams,
      body: rolePatchSchema,
      responses: { 200: roleSchema },
      handle: async ({ ctx, params, body }) => ({ body: await roles.update(ctx, params.key, body) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/roles/:key',
      id: 'roles.delete',
      summary: 'Delete a role that nobody has',
      ...{ tag, since, access: changing },
      params: keyParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await roles.remove(ctx, params.key);
        return { status: 204 };
      },
    }),
  ];
}
