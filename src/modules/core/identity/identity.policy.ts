import type { Actor, BuiltInRole, Role, Scope } from '../../../context.ts';
import { scopesOfVerbs, verbsOfRole } from '../permissions/index.ts';

/** Names for people; the web app has its own in each language. */
export const BUILT_IN_NAMES: Readonly<Record<BuiltInRole, string>> = {
  admin: 'Administrator',
  editor: 'Editor',
  viewer: 'Viewer',
  strategist: 'Strategist',
  manager: 'Manager',
  executive: 'Executive',
  designer: 'Designer',
  finance: 'Finance',
  legal: 'Legal',
  sales: 'Sales',
  analyst: 'Analyst',
  vendor: 'Vendor guest',
};

/** A workspace must always have somebody who can manage it. */
export function keepsAnAdmin(adminIds: readonly string[], userId: string, becomes: Role | null): boolean {
  return becomes === 'admin' || adminIds.some((id) => id !== userId);
}

/** Scopes that this role may not give to a key. @param roleVerbs of a role that is not built in */
export function scopesBeyond(role: Role, scopes: readonly Scope[], roleVerbs?: number): Scope[] {
  const allowed = scopesOfVerbs(verbsOfRole(role, roleVerbs));
  return scopes.filter((scope) => !allowed.includes(scope));
}

/** What is left of a key's scopes after its owner's role changed. @param roleVerbs of a role that is not built in */
export function scopesWithin(role: Role, scopes: readonly Scope[], roleVerbs?: number): Scope[] {
  const allowed = scopesOfVerbs(verbsOfRole(role, roleVerbs));
  return scopes.filter((scope) => allowed.includes(scope));
}

/** Keys never manage keys, people or passwords: only somebody who is signed in, or the command line. */
export function isPerson(actor: Actor): boolean {
  return actor.kind === 'user' || actor.kind === 'system';
}
