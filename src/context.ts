/**
 * What every call carries: who acts, in which workspace, inside which transaction, until when.
 * `Ctx` is the first argument of every service and repository method.
 */

/** An open database transaction. Opaque outside `platform/database`. */
export interface Transaction {
  readonly kind: 'transaction';
  /** Runs once the transaction is committed, before its caller goes on; never when it is rolled back. It must not throw. */
  afterCommit(work: () => void): void;
}

/** The roles that every workspace has; what they may do stands in `permissions.policy.ts`. */
export const BUILT_IN_ROLES = [
  'admin',
  'editor',
  'viewer',
  'strategist',
  'manager',
  'executive',
  'designer',
  'finance',
  'legal',
  'sales',
  'analyst',
  'vendor',
] as const;
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number];

/** The key of a built-in role or of one that the workspace made for itself. */
export type Role = string;

/** What an API key may be used for; a session has every scope of its person's role. */
export const SCOPES = [
  'assets:read',
  'assets:write',
  'assets:publish',
  'folders:write',
  'members:manage',
  'keys:manage',
  'workspace:manage',
] as const;
export type Scope = (typeof SCOPES)[number];

export interface Actor {
  readonly kind: 'user' | 'api_key' | 'system' | 'anonymous';
  /** user id, API key id; null for system and anonymous. */
  readonly id: string | null;
  /** The person behind the actor: the user, or the owner of the API key. */
  readonly userId: string | null;
  readonly role: Role | null;
  /** The verbs (bits) of a workspace's own role, found together with the actor; absent for built-in ones. */
  readonly roleVerbs?: number;
  /** `null` = not restricted by scopes (a session, or the system). */
  readonly scopes: readonly Scope[] | null;
}

export interface Clock {
  now(): Date;
}

export interface Ctx {
  readonly actor: Actor;
  /** Empty string for anonymous requests outside a workspace. */
  readonly workspaceId: string;
  readonly trx?: Transaction;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export const systemClock: Clock = { now: () => new Date() };

export const SYSTEM: Actor = { kind: 'system', id: null, userId: null, role: 'admin', scopes: null };
export const ANONYMOUS: Actor = { kind: 'anonymous', id: null, userId: null, role: null, scopes: [] };

const never = new AbortController().signal;

/** A context for work that no request started: jobs, CLI verbs, start-up. */
export function systemContext(workspaceId: string, over: Partial<Ctx> = {}): Ctx {
  return { actor: SYSTEM, workspaceId, requestId: 'system', signal: never, clock: systemClock, ...over };
}
