import type { Ctx } from '../../context.ts';
import { defineError, unauthorized } from '../../errors.ts';
import type { Access } from './route.ts';

export const scopeMissing = defineError('scope_missing', 403, 'The API key may not be used for this');
export const sessionRequired = defineError('session_required', 403, 'Only a signed-in person may do this');

/**
 * The first gate of a route; what the caller may do with the object is the service's question.
 * @throws unauthorized, scope_missing (names the scope), session_required
 */
export function checkAccess(access: Access, ctx: Ctx): void {
  if (access.kind === 'anyone') return;
  const { actor } = ctx;
  if (actor.kind === 'anonymous') throw unauthorized({ headers: { 'WWW-Authenticate': 'Bearer realm="damson"' } });
  if (actor.scopes === null) return;
  if (access.scope === null) throw sessionRequired({ detail: 'An API key cannot do this; sign in.' });
  if (!actor.scopes.includes(access.scope)) {
    throw scopeMissing({ detail: `The API key lacks the scope ${access.scope}.`, extra: { scope: access.scope } });
  }
}
