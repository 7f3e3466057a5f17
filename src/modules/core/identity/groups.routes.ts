import { z } from 'zod';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { groupListSchema, groupMembersSchema, groupNameSchema, groupSchema } from './groups.schema.ts';
import type { GroupsService } from './groups.service.ts';

const tag = 'Administration';
const since = '0.1.0';
const groupParams = z.object({ id: z.uuid() });
const memberParams = z.object({ id: z.uuid(), userId: z.string().min(1).max(100) });
const reading = signedIn('members:manage', 'manage', 'workspace');
const changing = signedIn(null, 'manage', 'workspace');

export function groupRoutes(groups: GroupsService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/groups',
      id: 'groups.list',
      summary: 'Groups of people, by name',
      ...{ tag, since, access: reading },
      responses: { 200: groupListSchema },
      handle: async ({ ctx }) => ({ body: await groups.list(ctx) }),
    }),
    defineRoute({
      method: 'post',
      path: '/groups',
      id: 'groups.create',
      summary: 'Make a group',
      ...{ tag, since, access: changing },
      body: groupNameSchema,
      responses: { 201: groupSchema },
      handle: async ({ ctx, body }) => ({ status: 201, body: await groups.create(ctx, body.name) }),
    }),
    defineRoute({
      method: 'patch',
      path: '/groups/:id',
      id: 'groups.update',
      summary: 'Rename a group',
      ...{ tag, since, access: changing },
      params: groupParams,
      body: groupNameSchema,
      responses: { 200: groupSchema },
      handle: async ({ ctx, params, body }) => ({ body: await groups.rename(ctx, params.id, body.name) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/groups/:id',
      id: 'groups.delete',
      summary: 'Delete a group and everything granted to it',
      ...{ tag, since, access: changing },
      params: groupParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await groups.remove(ctx, params.id);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/groups/:id/members',
      id: 'groups.members',
      summary: 'Who is in a group',
      ...{ tag, since, access: reading },
      params: groupParams,
      responses: { 200: groupMembersSchema },
      handle: async ({ ctx, params }) => ({ body: await groups.members(ctx, params.id) }),
    }),
    defineRoute({
      method: 'put',
      path: '/groups/:id/members/:userId',
      id: 'groups.addMember',
      summary: 'Take a member of the workspace into a group',
      description: 'Nobody gives by it what they may not do themselves: what is granted to the group must be theirs, too.',
      ...{ tag, since, access: changing },
      params: memberParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await groups.addMember(ctx, params.id, params.userId);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/groups/:id/members/:userId',
      id: 'groups.removeMember',
      summary: 'Take somebody out of a group',
      ...{ tag, since, access: changing },
      params: memberParams,
      responses: { 204: null },
      handle: async ({ ctx, params }) => {
        await groups.removeMember(ctx, params.id, params.userId);
        return { status: 204 };
      },
    }),
  ];
}
