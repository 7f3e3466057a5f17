import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { jobListSchema, jobSchema, jobStartedSchema } from './jobs.schema.ts';
import type { JobsService } from './jobs.service.ts';

const tag = 'Jobs';
const since = '0.1.0';
const params = z.object({ id: z.uuid() });

export function jobRoutes(jobs: JobsService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/jobs',
      id: 'jobs.list',
      summary: 'One’s own long work, newest first',
      tag,
      since,
      access: signedIn('assets:read', 'own', 'job'),
      responses: { 200: jobListSchema },
      handle: async ({ ctx }) => ({ body: await jobs.list(ctx) }),
    }),
    defineRoute({
      method: 'get',
      path: '/jobs/:id',
      id: 'jobs.get',
      summary: 'How far a job is, and what failed',
      tag,
      since,
      access: signedIn('assets:read', 'own', 'job'),
      params,
      responses: { 200: jobSchema },
      handle: async ({ ctx, params: { id } }) => ({ body: await jobs.get(ctx, id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/jobs/:id/cancel',
      id: 'jobs.cancel',
      summary: 'End a job after the item at hand',
      tag,
      since,
      access: signedIn('assets:write', 'own', 'job'),
      params,
      responses: { 200: jobSchema },
      handle: async ({ ctx, params: { id } }) => ({ body: await jobs.cancel(ctx, id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/jobs/:id/undo',
      id: 'jobs.undo',
      summary: 'Undo what a job did, within 30 days',
      description: 'Item by item; one that has changed since is left as it is, with a reason.',
      tag,
      since,
      access: signedIn('assets:write', 'own', 'job'),
      params,
      responses: { 202: jobStartedSchema },
      handle: async ({ ctx, params: { id } }) => ({ status: 202, body: { jobId: await jobs.undo(ctx, id) } }),
    }),
  ];
}
