import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { {{item}}Actions } from './{{name}}.policy.ts';
import type { {{Item}}Row } from './{{name}}.repository.ts';
import { {{item}}CreateSchema, type {{Item}}Dto, {{item}}ListSchema, {{item}}Query, {{item}}Schema } from './{{name}}.schema.ts';
import type { {{Items}}Service } from './{{name}}.service.ts';

const idParams = z.object({ id: z.uuid() });
const TAG = '{{Title}}';

const toDto = (row: {{Item}}Row): {{Item}}Dto => ({ ...row, createdAt: row.createdAt.toISOString() });

export function {{item}}Routes(service: {{Items}}Service): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/{{name}}',
      id: '{{id}}.list',
      summary: '{{Title}}, newest first',
      tag: TAG,
      since: '{{since}}',
      access: signedIn(null, {{item}}Actions.list, 'workspace'),
      query: {{item}}Query,
      responses: { 200: {{item}}ListSchema },
      handle: async ({ ctx, query }) => {
        const { items, nextCursor } = await service.list(ctx, query);
        return { body: { items: items.map(toDto), nextCursor } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/{{name}}',
      id: '{{id}}.create',
      summary: 'Create a {{words}}',
      tag: TAG,
      since: '{{since}}',
      access: signedIn(null, {{item}}Actions.create, 'workspace'),
      body: {{item}}CreateSchema,
      responses: { 201: {{item}}Schema },
      handle: async ({ ctx, body }) => ({ status: 201, body: toDto(await service.create(ctx, body)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/{{name}}/:id',
      id: '{{id}}.get',
      summary: 'One {{words}}',
      tag: TAG,
      since: '{{since}}',
      access: signedIn(null, {{item}}Actions.read, 'workspace'),
      params: idParams,
      responses: { 200: {{item}}Schema },
      handle: async ({ ctx, params }) => ({ body: toDto(await service.read(ctx, params.id)) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/{{name}}/:id',
      id: '{{id}}.delete',
      summary: 'Move a {{words}} to the trash',
      tag: TAG,
      since: '{{since}}',
      access: signedIn(null, {{item}}Actions.remove, 'workspace'),
      params: idParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await service.remove(ctx, params.id);
        return { status: 204 };
      },
    }),
  ];
}
