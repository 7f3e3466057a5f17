import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import {
  deliverySettingsSchema,
  keyParams,
  namedBodySchema,
  namedListSchema,
  namedParams,
  namedSchema,
  signingKeyCreatedSchema,
  signingKeyCreateSchema,
  signingKeyListSchema,
  signingKeyPatchSchema,
  signingKeySchema,
} from './endpoints.schema.ts';
import type { EndpointsService } from './endpoints.service.ts';

export function endpointRoutes(endpoints: EndpointsService): AnyRoute[] {
  const common = { tag: 'Delivery', since: '0.1' } as const;
  const manage = signedIn('workspace:manage', 'manage', 'workspace');
  return [
    defineRoute({
      ...common,
      method: 'get',
      path: '/named-transformations',
      id: 'namedTransformations.list',
      summary: 'Transformations that have a name',
      access: signedIn('assets:read', 'list', 'workspace'),
      responses: { 200: namedListSchema },
      handle: async ({ ctx }) => ({ body: await endpoints.listNamed(ctx) }),
    }),
    defineRoute({
      ...common,
      method: 'put',
      path: '/named-transformations/:name',
      id: 'namedTransformations.put',
      summary: 'Give a transformation a name, or change what the name stands for',
      description: 'URLs with `n-<name>` get the new picture at once. 422 `transformation_invalid` says what is wrong with it.',
      access: manage,
      params: namedParams,
      body: namedBodySchema,
      responses: { 200: namedSchema },
      handle: async ({ ctx, params, body }) => ({ body: await endpoints.putNamed(ctx, params.name, body) }),
    }),
    defineRoute({
      ...common,
      method: 'delete',
      path: '/named-transformations/:name',
      id: 'namedTransformations.delete',
      summary: 'Take a name away',
      description: 'URLs with it are refused from then on.',
      access: manage,
      params: namedParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await endpoints.removeNamed(ctx, params.name);
        return { status: 204 };
      },
    }),
    defineRoute({
      ...common,
      method: 'get',
      path: '/delivery-settings',
      id: 'deliverySettings.get',
      summary: 'How the workspace delivers',
      access: signedIn('assets:read', 'list', 'workspace'),
      responses: { 200: deliverySettingsSchema },
      handle: async ({ ctx }) => ({ body: await endpoints.settings(ctx) }),
    }),
    defineRoute({
      ...common,
      method: 'put',
      path: '/delivery-settings',
      id: 'deliverySettings.put',
      summary: 'Change how the workspace delivers',
      description: 'Addresses that are out there give the new answer at once; caches on the way within their lifetimes.',
      access: manage,
      body: deliverySettingsSchema,
      responses: { 200: deliverySettingsSchema },
      handle: async ({ ctx, body }) => ({ body: await endpoints.putSettings(ctx, body) }),
    }),
    defineRoute({
      ...common,
      method: 'get',
      path: '/signing-keys',
      id: 'signingKeys.list',
      summary: 'Keys that sign delivery URLs',
      access: manage,
      responses: { 200: signingKeyListSchema },
      handle: async ({ ctx }) => ({ body: await endpoints.listKeys(ctx) }),
    }),
    defineRoute({
      ...common,
      method: 'post',
      path: '/signing-keys',
      id: 'signingKeys.create',
      summary: 'Make a key that signs delivery URLs',
      description: 'Its secret is the `privateKey` of an ImageKit SDK and is shown in this answer only. Several keys may be good at once.',
      access: manage,
      idempotency: 'none',
      body: signingKeyCreateSchema,
      responses: { 201: signingKeyCreatedSchema },
      handle: async ({ ctx, body }) => ({
        status: 201,
        body: await endpoints.createKey(ctx, body),
        headers: { 'cache-control': 'no-store' },
      }),
    }),
    defineRoute({
      ...common,
      method: 'patch',
      path: '/signing-keys/:id',
      id: 'signingKeys.update',
      summary: 'Retire a signing key, or use it again',
      access: manage,
      params: keyParams,
      body: signingKeyPatchSchema,
      responses: { 200: signingKeySchema },
      handle: async ({ ctx, params, body }) => ({ body: await endpoints.setKeyState(ctx, params.id, body.state) }),
    }),
    defineRoute({
      ...common,
      method: 'delete',
      path: '/signing-keys/:id',
      id: 'signingKeys.revoke',
      summary: 'Revoke a signing key: URLs signed with it end at once',
      access: manage,
      params: keyParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await endpoints.setKeyState(ctx, params.id, 'revoked');
        return { status: 204 };
      },
    }),
  ];
}
