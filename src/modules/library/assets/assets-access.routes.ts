import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { explainQuery, explanationSchema } from '../folders/index.ts';
import type { AssetsService } from './assets.service.ts';

export function assetAccessRoutes(deps: { readonly assets: AssetsService }): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/assets/:id/access/explain',
      id: 'assets.explain',
      summary: 'Why somebody may or may not do something with an asset',
      description: 'About oneself for everybody who may read it, about others for those who manage its folder.',
      tag: 'Assets',
      since: '0.1.0',
      access: signedIn('assets:read', 'read', 'asset'),
      params: z.object({ id: z.uuid() }),
      query: explainQuery,
      responses: { 200: explanationSchema },
      handle: async ({ ctx, params, query }) => ({ body: await deps.assets.explain(ctx, params.id, query) }),
    }),
  ];
}
