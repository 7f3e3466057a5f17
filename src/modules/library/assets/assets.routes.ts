import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import { invalidRequest } from '../../../errors.ts';
import { ifMatchVersion } from '../../../platform/http/if-match.ts';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { assetAccessRoutes } from './assets-access.routes.ts';
import { jobStartedSchema } from '../../core/jobs/index.ts';
import type { MetadataService } from '../metadata/index.ts';
import { searched, type Telemetry } from '../../../telemetry.ts';
import { folderNames, searchParams, suggestParams, suggestSchema, toSearchQuery, type SearchService } from '../search/index.ts';
import type { FoldersService } from '../folders/index.ts';
import { tagListSchema, tagQuery } from '../folders/index.ts';
import { type DownloadRoutesDeps, downloadRoutes } from './assets-download.routes.ts';
import type { AssetsEditService } from './assets-edit.service.ts';
import type { BrowseSort } from './assets.browse.ts';
import {
  assetListSchema,
  assetPatchSchema,
  assetSchema,
  deliveredQuery,
  deliveredSchema,
  type BulkAction,
  bulkSchema,
  idParams,
  publishSchema,
  versionListSchema,
} from './assets.schema.ts';

export interface AssetRoutesDeps extends DownloadRoutesDeps {
  edit: AssetsEditService;
  folders: FoldersService;
  metadata: MetadataService;
  search: SearchService;
  telemetry: Telemetry;
  startBulk(ctx: Ctx, action: BulkAction): Promise<string>;
}

const listQuery = searchParams.extend({
  trashed: z.enum(['true', 'false']).optional().meta({ description: 'true lists the trash instead; only with sort, limit and cursor.' }),
});
type ListQuery = z.infer<typeof listQuery>;

const BROWSE_SORTS: Record<string, { sort: BrowseSort; descending: boolean }> = {
  created: { sort: 'created', descending: false },
  '-created': { sort: 'created', descending: true },
  updated: { sort: 'updated', descending: false },
  '-updated': { sort: 'updated', descending: true },
  name: { sort: 'name', descending: false },
  '-name': { sort: 'name', descending: true },
};
/** What a plain listing needs; anything more is a search. */
const BROWSE_KEYS = new Set(['sort', 'limit', 'cursor', 'folder', 'trashed', 'facetLimit']);

export function assetRoutes(deps: AssetRoutesDeps): AnyRoute[] {
  const { assets, edit } = deps;
  const tag = 'Assets';
  const since = '0.1';
  const action = (
    name: string,
    summary: string,
    verb: string,
    scope: 'assets:write' | 'assets:publish',
    work: (ctx: Ctx, id: string) => Promise<unknown>,
  ): AnyRoute =>
    defineRoute({
      method: 'post',
      path: `/assets/:id/${name}`,
      id: `assets.${name}`,
      summary,
      tag,
      since,
      access: signedIn(scope, verb, 'asset'),
      params: idParams,
      responses: { 200: assetSchema },
      handle: async ({ ctx, params }) => {
        await work(ctx, params.id);
        return { body: await assets.get(ctx, params.id) };
      },
    });
  return [
    defineRoute({
      method: 'get',
      path: '/assets',
      id: 'assets.list',
      summary: 'Browse and search assets',
      description: 'Without words, filters or facets the list comes straight from the database, newest first.',
      tag,
      since,
      access: signedIn('assets:read', 'list', 'folder'),
      query: listQuery,
      responses: { 200: assetListSchema },
      handle: async ({ ctx, query }) => ({ body: await list(deps, ctx, query) }),
    }),
    defineRoute({
      method: 'get',
      path: '/assets/:id',
      id: 'assets.get',
      summary: 'One asset with everything known about it',
      tag,
      since,
      access: signedIn('assets:read', 'read', 'asset'),
      params: idParams,
      responses: { 200: assetSchema },
      handle: async ({ ctx, params }) => ({ body: await assets.get(ctx, params.id) }),
    }),
    defineRoute({
      method: 'get',
      path: '/assets/:id/versions',
      id: 'assets.versions',
      summary: 'File versions of an asset, newest first',
      description: 'Delivery gives a kept version with `ik-obj-version=<number>`.',
      tag,
      since,
      access: signedIn('assets:read', 'read', 'asset'),
      params: idParams,
      responses: { 200: versionListSchema },
      handle: async ({ ctx, params }) => ({ body: await assets.versions(ctx, params.id) }),
    }),
    defineRoute({
      method: 'get',
      path: '/assets/:id/deliveries',
      id: 'assets.deliveries',
      summary: 'How often an asset was delivered, by day',
      description: 'Requests of those who are not signed in, on every process; some seconds behind. Days are UTC.',
      tag,
      since,
      access: signedIn('assets:read', 'read', 'asset'),
      params: idParams,
      query: deliveredQuery,
      responses: { 200: deliveredSchema },
      handle: async ({ ctx, params, query }) => ({ body: await assets.delivered(ctx, params.id, query.days) }),
    }),
    defineRoute({
      method: 'patch',
      path: '/assets/:id',
      id: 'assets.update',
      summary: 'Edit name, place, texts, tags, metadata, focal point and crop',
      tag,
      since,
      access: signedIn('assets:write', 'edit', 'asset'),
      params: idParams,
      body: assetPatchSchema,
      ifMatch: true,
      responses: { 200: assetSchema },
      handle: async ({ ctx, params, body, req }) => {
        await edit.patch(ctx, params.id, ifMatchVersion(req), body);
        return { body: await assets.get(ctx, params.id) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/assets/:id',
      id: 'assets.delete',
      summary: 'Move an asset to the trash',
      tag,
      since,
      access: signedIn('assets:write', 'delete', 'asset'),
      params: idParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await edit.trash(ctx, params.id);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/assets/:id/publish',
      id: 'assets.publish',
      summary: 'Make an asset public, now or for a time',
      tag,
      since,
      access: signedIn('assets:publish', 'publish', 'asset'),
      params: idParams,
      body: publishSchema.optional(),
      responses: { 200: assetSchema },
      handle: async ({ ctx, params, body }) => {
        await edit.publish(ctx, params.id, body ?? {});
        return { body: await assets.get(ctx, params.id) };
      },
    }),
    action('unpublish', 'Take an asset back from the public', 'publish', 'assets:publish', (ctx, id) => edit.unpublish(ctx, id)),
    action('restore', 'Take an asset out of the trash', 'delete', 'assets:write', (ctx, id) => edit.restore(ctx, id)),
    action('retry', 'Read the file and make its previews again', 'edit', 'assets:write', (ctx, id) => edit.retry(ctx, id)),
    defineRoute({
      method: 'post',
      path: '/assets/bulk',
      id: 'assets.bulk',
      summary: 'One action over many assets, as a job with undo',
      tag,
      since,
      access: signedIn('assets:write', 'edit, delete or publish', 'asset'),
      body: bulkSchema,
      responses: { 202: jobStartedSchema },
      cost: 5,
      handle: async ({ ctx, body }) => ({ status: 202, body: { jobId: await deps.startBulk(ctx, body) } }),
    }),
    ...downloadRoutes(deps),
    ...assetAccessRoutes(deps),
    defineRoute({
      method: 'get',
      path: '/search/suggest',
      id: 'search.suggest',
      summary: 'Words and values that begin like this, from what the caller may see',
      tag: 'Assets',
      since,
      access: signedIn('assets:read', 'list', 'folder'),
      query: suggestParams,
      responses: { 200: suggestSchema },
      handle: async ({ ctx, query }) => ({
        body: { items: await deps.search.suggest(ctx, query.q, await deps.folders.visibleFolders(ctx, 'list'), query.limit) },
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/tags',
      id: 'tags.list',
      summary: 'Tags that hold a text, most used first',
      tag: 'Tags',
      since,
      access: signedIn('assets:read', 'list', 'folder'),
      query: tagQuery,
      responses: { 200: tagListSchema },
      handle: async ({ ctx, query }) => ({
        body: { items: await deps.metadata.suggestTags(ctx, query.q, await deps.folders.visibleFolders(ctx, 'list'), query.limit) },
      }),
    }),
  ];
}

async function list(deps: AssetRoutesDeps, ctx: Ctx, query: ListQuery) {
  const { trashed, ...params } = query;
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const sort = BROWSE_SORTS[query.sort ?? '-created'];
  const plain = given.every(([key]) => BROWSE_KEYS.has(key)) && sort !== undefined;
  if (trashed === 'true' && !plain) throw invalidRequest('The trash takes only folder, sort, limit and cursor.');
  const names = folderNames(params);
  const trees = new Map<string, string[]>();
  for (const name of names) {
    const ids = await deps.folders.treeIds(ctx, name);
    if (ids) trees.set(name, ids);
  }
  if (plain) {
    return deps.assets.browse(ctx, {
      folders: names.length === 0 ? null : [...trees.values()].flat(),
      trashed: trashed === 'true',
      sort: trashed === 'true' && query.sort === undefined ? 'deleted' : sort.sort,
      descending: sort.descending,
      limit: query.limit,
      cursor: query.cursor,
    });
  }
  const began = performance.now();
  const found = await deps.search.search(
    ctx,
    toSearchQuery(params, { visibleFolders: await deps.folders.visibleFolders(ctx, 'list'), folders: trees }),
  );
  searched(deps.telemetry, { facets: query.facets !== undefined, ms: performance.now() - began });
  return {
    items: await deps.assets.items(ctx, found.ids),
    nextCursor: found.nextCursor,
    total: found.total,
    facets: found.facets,
    corrections: found.corrections,
  };
}
