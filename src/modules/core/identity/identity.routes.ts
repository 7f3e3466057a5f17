import { type AnyRoute, anyone, defineRoute, signedIn } from '../../../platform/http/route.ts';
import type { ActorsService } from './actors.service.ts';
import { addressOf } from './auth.routes.ts';
import { meSchema, passwordSchema, profilePatchSchema, workspacePatchSchema, workspaceSchema } from './identity.schema.ts';
import type { ProfileService } from './profile.service.ts';
import type { WorkspacesService } from './workspaces.service.ts';

const tag = 'Account';
const since = '0.1.0';

export function identityRoutes(profile: ProfileService, workspaces: WorkspacesService, actors: ActorsService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/me',
      id: 'me.get',
      summary: 'Who is asking, and what they may do',
      tag,
      since,
      access: anyone('any session or key may ask who it is, whatever its scopes; nobody gets 401'),
      responses: { 200: meSchema },
      handle: async ({ ctx }) => ({ body: await profile.me(ctx), headers: { 'cache-control': 'no-store' } }),
    }),
    defineRoute({
      method: 'patch',
      path: '/me',
      id: 'me.update',
      summary: 'Change one’s own name',
      tag,
      since,
      access: signedIn(null, 'self', 'user'),
      body: profilePatchSchema,
      responses: { 200: meSchema },
      handle: async ({ ctx, body }) => ({ body: await profile.rename(ctx, body.name) }),
    }),
    defineRoute({
      method: 'post',
      path: '/me/password',
      id: 'me.password',
      summary: 'Set or change one’s own password',
      description: 'Ends the other sessions. The current password is needed once there is one.',
      tag,
      since,
      idempotency: 'none',
      access: signedIn(null, 'self', 'user'),
      body: passwordSchema,
      responses: { 204: null },
      handle: async ({ ctx, body, req }) => {
        const session = await actors.session(req.headers);
        await profile.setPassword(ctx, body, { sessionId: session?.id ?? null, address: addressOf(req) });
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/workspace',
      id: 'workspace.get',
      summary: 'The workspace and its settings',
      tag: 'Administration',
      since,
      access: signedIn('assets:read', 'list', 'workspace'),
      responses: { 200: workspaceSchema },
      handle: async ({ ctx }) => ({ body: await workspaces.get(ctx) }),
    }),
    defineRoute({
      method: 'patch',
      path: '/workspace',
      id: 'workspace.update',
      summary: 'Change the workspace’s name, settings and quotas',
      tag: 'Administration',
      since,
      access: signedIn('workspace:manage', 'manage', 'workspace'),
      body: workspacePatchSchema,
      responses: { 200: workspaceSchema },
      handle: async ({ ctx, body }) => ({ body: await workspaces.update(ctx, body) }),
    }),
  ];
}
