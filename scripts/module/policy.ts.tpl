import type { Verb } from '{{core}}/permissions/index.ts';

/** The verb each action needs on the workspace; who holds which verb is decided by core/permissions. */
export const {{item}}Actions = {
  list: 'list',
  read: 'read',
  create: 'create',
  remove: 'delete',
} as const satisfies Record<string, Verb>;

export type {{Item}}Action = keyof typeof {{item}}Actions;
