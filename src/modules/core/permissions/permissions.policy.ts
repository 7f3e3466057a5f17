import type { Actor, Role, Scope } from '../../../context.ts';
import { ALL_VERBS, maskOf } from './permissions.verbs.ts';

/** What a role may do at the workspace's root, and so everywhere below it (decisions 4). */
const VIEWER = maskOf(['list', 'read', 'rendition']);
const EDITOR = VIEWER | maskOf(['original', 'create', 'edit', 'replace', 'comment', 'publish', 'share']);
const ROLES: Readonly<Record<Role, number>> = { viewer: VIEWER, editor: EDITOR, admin: ALL_VERBS };

const READ = maskOf(['list', 'read', 'rendition', 'original']);

/** The verbs an API key's scope lets through; a key holds the intersection with what its owner may do. */
const SCOPES: Readonly<Record<Scope, number>> = {
  'assets:read': READ,
  'assets:write': READ | maskOf(['create', 'edit', 'replace', 'comment', 'delete']),
  'assets:publish': maskOf(['list', 'read', 'publish', 'share']),
  'folders:write': maskOf(['list', 'read', 'create', 'edit', 'delete']),
  // People and keys are managed in a session only; the scopes open routes that read, no verb on an acl.
  'members:manage': 0,
  'keys:manage': 0,
  'workspace:manage': maskOf(['list', 'read', 'manage']),
};

/** The scopes a key of somebody with this role may have. */
const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['assets:read'],
  editor: ['assets:read', 'assets:write', 'assets:publish', 'folders:write'],
  admin: ['assets:read', 'assets:write', 'assets:publish', 'folders:write', 'members:manage', 'keys:manage', 'workspace:manage'],
};

export function presetOf(role: Role | null): number {
  return role === null ? 0 : ROLES[role];
}

export function maskOfScopes(scopes: readonly Scope[]): number {
  return scopes.reduce((mask, scope) => mask | SCOPES[scope], 0);
}

export function scopesOfRole(role: Role): readonly Scope[] {
  return ROLE_SCOPES[role];
}

/** Grants along the chain from the root to one acl, OR-ed together. */
export interface ChainGrants {
  /** The chain ends at the workspace's root, so the role counts here. */
  readonly rooted: boolean;
  readonly allow: number;
  readonly denyPerson: number;
  readonly denyKey: number;
}

/**
 * What the actor may do on one acl: role and grants, minus denials anywhere in the chain, cut to the key's scopes.
 * Nothing overrides the admin role except a denial of the key itself.
 */
export function effectiveMask(actor: Pick<Actor, 'kind' | 'role' | 'scopes'>, grants: ChainGrants): number {
  if (actor.kind === 'system') return ALL_VERBS;
  if (actor.kind === 'anonymous' || actor.role === null) return 0;
  const admin = actor.role === 'admin';
  const role = grants.rooted || admin ? presetOf(actor.role) : 0;
  const allowed = (role | grants.allow) & (admin ? ALL_VERBS : ~grants.denyPerson) & ~grants.denyKey;
  return actor.scopes === null ? allowed : allowed & maskOfScopes(actor.scopes);
}
