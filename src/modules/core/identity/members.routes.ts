import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import type { ApiKeysService } from './api-keys.service.ts';
import {
  apiKeyCreatedSchema,
  apiKeyCreateSchema,
  apiKeyListSchema,
  memberCreatedSchema,
  memberCreateSchema,
  memberListSchema,
  memberPatchSchema,
  memberSchema,
} from './identity.schema.ts';
import type { MembersService } from './members.service.ts';

const tag = 'Administration';
const since = '0.1.0';
const memberParams = z.object({ userId: z.string().min(1).max(100) });
const keyParams = z.object({ id: z.uuid() });

export function memberRoutes(members: MembersService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/members',
      id: 'members.list',
      summary: 'People of the workspace',
      tag,
      since,
      access: signedIn('members:manage', 'manage', 'workspace'),
      responses: { 200: memberListSchema },
      handle: async ({ ctx }) => ({ body: await members.list(ctx) }),
    }),
    defineRoute({
      method: 'post',
      path: '/members',
      id: 'members.create',
      summary: 'Invite somebody',
      description: 'Without a password the answer carries a sign-in link that works once, for 24 hours.',
      tag,
      since,
      idempotency: 'none',
      access: signedIn(null, 'manage', 'workspace'),
      body: memberCreateSchema,
      responses: { 201: memberCreatedSchema },
      handle: async ({ ctx, body }) => ({ status: 201, body: await members.invite(ctx, body), headers: { 'cache-control': 'no-store' } }),
    }),
    defineRoute({
      method: 'patch',
      path: '/members/:userId',
      id: 'members.update',
      summary: 'Change a member’s role or quota',
      tag,
      since,
      access: signedIn(null, 'manage', 'workspace'),
      params: memberParams,
      body: memberPatchSchema,
      responses: { 200: memberSchema },
      handle: async ({ ctx, params, body }) => ({ body: await members.update(ctx, params.userId, body) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/members/:userId',
      id: 'members.remove',
      summary: 'Remove a member, their keys and sessions',
      tag,
      since,
      access: signedIn(null, 'manage', 'workspace'),
      params: memberParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await members.remove(ctx, params.userId);
        return { status: 204 };
      },
    }),
  ];
}

export function apiKeyRoutes(keys: ApiKeysService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api-keys',
      id: 'apiKeys.list',
      summary: 'One’s own API keys; all of the workspace for administrators',
      tag,
      since,
      access: signedIn(null, 'own', 'api_key'),
      responses: { 200: apiKeyListSchema },
      handle: async ({ ctx }) => ({ body: await keys.list(ctx) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api-keys',
      id: 'apiKeys.create',
      summary: 'Make an API key',
      description: 'The key is shown in this answer only. Its scopes cannot exceed what the role of its owner allows.',
      tag,
      since,
      idempotency: 'none',
      access: signedIn(null, 'own', 'api_key'),
      body: apiKeyCreateSchema,
      responses: { 201: apiKeyCreatedSchema },
      handle: async ({ ctx, body }) => ({ status: 201, body: await keys.create(ctx, body), headers: { 'cache-control': 'no-store' } }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api-keys/:id',
      id: 'apiKeys.revoke',
      summary: 'Revoke an API key at once',
      tag,
      since,
      access: signedIn(null, 'own', 'api_key'),
      params: keyParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await keys.revoke(ctx, params.id);
        return { status: 204 };
      },
    }),
  ];
}
