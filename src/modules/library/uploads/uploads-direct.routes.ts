import type { Ctx } from '../../../context.ts';
import { toDamsonError } from '../../../platform/http/problem.ts';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { type Telemetry, uploadEnded } from '../../../telemetry.ts';
import { type AssetDto, assetSchema } from '../assets/index.ts';
import { directCompleteSchema, directParams, directPartsQuery, directUploadSchema, directWishSchema } from './uploads-direct.schema.ts';
import type { DirectService } from './uploads-direct.service.ts';

export interface DirectRoutesDeps {
  direct: DirectService;
  readAsset(ctx: Ctx, id: string): Promise<AssetDto>;
  telemetry: Telemetry;
}

/** Uploads past this server, straight to the store. None keeps its answer for an Idempotency-Key: addresses are secrets and end soon. */
export function directRoutes({ direct, readAsset, telemetry }: DirectRoutesDeps): AnyRoute[] {
  const common = { tag: 'Uploads', since: '0.1', access: signedIn('assets:write', 'create', 'folder'), idempotency: 'none' } as const;
  return [
    defineRoute({
      ...common,
      method: 'post',
      path: '/uploads/direct',
      id: 'uploads.openDirect',
      summary: 'Open an upload straight to the store',
      description:
        'Answers with addresses to which the parts of the file are PUT. 422 `direct_upload_unavailable` where the storage does not take bytes from clients: use tus then.',
      body: directWishSchema,
      responses: { 201: directUploadSchema },
      cost: 2,
      handle: async ({ ctx, body }) => ({ status: 201, body: await direct.open(ctx, body) }),
    }),
    defineRoute({
      ...common,
      method: 'get',
      path: '/uploads/direct/:id/parts',
      id: 'uploads.directParts',
      summary: 'More addresses for an upload to the store',
      description: 'From part `from` on, and which of them the store has: also how an interrupted upload goes on.',
      params: directParams,
      query: directPartsQuery,
      responses: { 200: directUploadSchema },
      handle: async ({ ctx, params, query }) => ({ body: await direct.addresses(ctx, params.id, query.from) }),
    }),
    defineRoute({
      ...common,
      method: 'post',
      path: '/uploads/direct/:id/complete',
      id: 'uploads.completeDirect',
      summary: 'Make the asset of an upload to the store',
      description:
        'Checks the parts, joins them, reads the object for its SHA-256 and creates the asset: some seconds per GB. Asked again it gives the same asset; 423 with Retry-After while an earlier call still works.',
      params: directParams,
      body: directCompleteSchema,
      responses: { 201: assetSchema },
      timeoutMs: null,
      handle: async ({ ctx, params, body }) => {
        const id = await direct.complete(ctx, params.id, body).catch((error: unknown) => {
          uploadEnded(telemetry, ctx, { way: 'direct', code: toDamsonError(error).code, bytes: 0 });
          throw error;
        });
        return { status: 201, body: await readAsset(ctx, id), headers: { Location: `/api/v1/assets/${id}` } };
      },
    }),
    defineRoute({
      ...common,
      method: 'delete',
      path: '/uploads/direct/:id',
      id: 'uploads.abortDirect',
      summary: 'Cancel an upload to the store',
      params: directParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await direct.remove(ctx, params.id);
        return { status: 204 };
      },
    }),
  ];
}
