import { type Actor, BUILT_IN_ROLES, type BuiltInRole, type Role, type Scope, SCOPES } from '../../../context.ts';
import { ALL_VERBS, maskOf } from './permissions.verbs.ts';

/** What a metadata field tells: everybody, the house, sums of money, persons (decisions 4). */
export const FIELD_CLASSES = ['public', 'internal', 'money', 'personal'] as const;
export type FieldClass = (typeof FIELD_CLASSES)[number];

export interface RoleRights {
  /** Bits of `permissions.verbs.ts` that hold at the workspace's root, and so everywhere below it. */
  readonly verbs: number;
  readonly visible: readonly FieldClass[];
  readonly editable: readonly FieldClass[];
}

// The three presets of decisions 4, and the letters of the rights matrix in its row "Assets and approvals" (ADR 0501).
const VIEWER = maskOf(['list', 'read', 'rendition']);
const EDITOR = VIEWER | maskOf(['original', 'create', 'edit', 'replace', 'comment', 'publish', 'share']);
const WRITES = VIEWER | maskOf(['original', 'create', 'edit', 'replace', 'comment', 'delete_own']);
const APPROVES = VIEWER | maskOf(['original', 'comment', 'publish']);
/** A guest sees the folders that are shared with them, and nothing by the role itself. */
const GUEST = VIEWER | maskOf(['comment', 'create', 'delete_own']);

const HOUSE: readonly FieldClass[] = ['public', 'internal'];
const reads = (verbs: number, ...more: FieldClass[]): RoleRights => ({ verbs, visible: [...HOUSE, ...more], editable: [] });
const writes = (verbs: number): RoleRights => ({ verbs, visible: HOUSE, editable: HOUSE });

const ROLES: Readonly<Record<BuiltInRole, RoleRights>> = {
  admin: writes(ALL_VERBS),
  editor: writes(EDITOR),
  viewer: reads(VIEWER),
  strategist: reads(VIEWER, 'money'),
  manager: reads(APPROVES | maskOf(['share']), 'money'),
  executive: writes(WRITES),
  designer: writes(WRITES),
  finance: reads(VIEWER, 'money'),
  legal: reads(APPROVES, 'personal'),
  sales: reads(VIEWER, 'money', 'personal'),
  analyst: reads(VIEWER, 'money'),
  vendor: { verbs: 0, visible: ['public'], editable: [] },
};

const READ = maskOf(['list', 'read', 'rendition', 'original']);

/** The verbs an API key's scope lets through; a key holds the intersection with what its owner may do. */
const SCOPE_VERBS: Readonly<Record<Scope, number>> = {
  'assets:read': READ,
  'assets:write': READ | maskOf(['create', 'edit', 'replace', 'comment', 'delete', 'delete_own']),
  'assets:publish': maskOf(['list', 'read', 'publish', 'share']),
  'folders:write': maskOf(['list', 'read', 'create', 'edit', 'delete']),
  // People and keys are managed in a session only; the scopes open routes that read, no verb on an acl.
  'members:manage': 0,
  'keys:manage': 0,
  'workspace:manage': maskOf(['list', 'read', 'manage']),
};

/** Any of these verbs in a role makes its people able to have a key of the scope. */
const SCOPE_NEEDS: Readonly<Record<Scope, number>> = {
  'assets:read': VIEWER,
  'assets:write': maskOf(['create', 'edit', 'replace', 'comment', 'delete', 'delete_own']),
  'assets:publish': maskOf(['publish', 'share']),
  'folders:write': maskOf(['create', 'edit', 'delete']),
  'members:manage': maskOf(['manage']),
  'keys:manage': maskOf(['manage']),
  'workspace:manage': maskOf(['manage']),
};

export function isBuiltInRole(role: Role): role is BuiltInRole {
  return BUILT_IN_ROLES.some((key) => key === role);
}

export function rightsOf(role: BuiltInRole): RoleRights {
  return ROLES[role];
}

/** What the name of a built-in role means in a grant on a folder: as the role itself, and for a guest what a guest does there. */
export function presetOf(role: BuiltInRole): number {
  return role === 'vendor' ? GUEST : ROLES[role].verbs;
}

/** What a role gives at the workspace's root. @param own the verbs of a role that is not built in; without them it gives nothing */
export function verbsOfRole(role: Role | null, own?: number): number {
  if (role === null) return 0;
  return isBuiltInRole(role) ? ROLES[role].verbs : (own ?? 0) & ALL_VERBS;
}

export function maskOfScopes(scopes: readonly Scope[]): number {
  return scopes.reduce((mask, scope) => mask | SCOPE_VERBS[scope], 0);
}

/** The scopes a key of somebody with a role of these verbs may have. */
export function scopesOfVerbs(verbs: number): Scope[] {
  return SCOPES.filter((scope) => (verbs & SCOPE_NEEDS[scope]) !== 0);
}

/** Grants along the chain from the root to one acl, OR-ed together. */
export interface ChainGrants {
  /** The chain ends at the workspace's root, so the role counts here. */
  readonly rooted: boolean;
  readonly allow: number;
  readonly denyPerson: number;
  readonly denyKey: number;
}

/** What of an actor decides what they may do. */
export type Standing = Pick<Actor, 'kind' | 'role' | 'roleVerbs' | 'scopes'>;

/**
 * What the actor may do on one acl: role and grants, minus denials anywhere in the chain, cut to the key's scopes.
 * Nothing overrides the admin role except a denial of the key itself.
 */
export function effectiveMask(actor: Standing, grants: ChainGrants): number {
  if (actor.kind === 'system') return ALL_VERBS;
  if (actor.kind === 'anonymous' || actor.role === null) return 0;
  const admin = actor.role === 'admin';
  const role = grants.rooted || admin ? verbsOfRole(actor.role, actor.roleVerbs) : 0;
  const allowed = (role | grants.allow) & (admin ? ALL_VERBS : ~grants.denyPerson) & ~grants.denyKey;
  return actor.scopes === null ? allowed : allowed & maskOfScopes(actor.scopes);
}
