import type { Actor, Role, Scope } from '../../../context.ts';
import { scopesOfRole } from '../permissions/index.ts';

/** A workspace must always have somebody who can manage it. */
export function keepsAnAdmin(adminIds: readonly string[], userId: string, becomes: Role | null): boolean {
  return becomes === 'admin' || adminIds.some((id) => id !== userId);
}

/** Scopes that this role may not give to a key. */
export function scopesBeyond(role: Role, scopes: readonly Scope[]): Scope[] {
  const allowed = scopesOfRole(role);
  return scopes.filter((scope) => !allowed.includes(scope));
}

/** What is left of a key's scopes after its owner's role changed. */
export function scopesWithin(role: Role, scopes: readonly Scope[]): Scope[] {
  const allowed = scopesOfRole(role);
  return scopes.filter((scope) => allowed.includes(scope));
}

/** Keys never manage keys, people or passwords: only somebody who is signed in, or the command line. */
export function isPerson(actor: Actor): boolean {
  return actor.kind === 'user' || actor.kind === 'system';
}
