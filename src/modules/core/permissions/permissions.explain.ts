import type { Role, Scope } from '../../../context.ts';
import type { GrantRow, Link } from './grants.repository.ts';
import { maskOfScopes, type Standing, verbsOfRole } from './permissions.policy.ts';
import { bitOf, type Verb } from './permissions.verbs.ts';

/** Why somebody may or may not do something; the first that holds, in this order. */
export const BECAUSE = ['nobody', 'denied', 'inheritance_broken', 'not_granted', 'scope', 'role', 'grant'] as const;
export type Because = (typeof BECAUSE)[number];

/** One fact on the way to a decision. */
export type Step =
  /** What the role gives; it counts where the chain ends at the workspace, and an administrator's everywhere. */
  | { readonly step: 'role'; readonly role: Role; readonly gives: boolean; readonly counts: boolean }
  /** A grant that speaks of the verb, to the principal or a group of theirs; `decides` when the answer follows from it. */
  | { readonly step: 'grant'; readonly grant: GrantRow; readonly decides: boolean }
  /** The chain ends here, below the workspace. */
  | { readonly step: 'inheritance_broken'; readonly aclId: string }
  | { readonly step: 'scopes'; readonly scopes: readonly Scope[]; readonly gives: boolean };

export interface Explanation {
  readonly allowed: boolean;
  readonly because: Because;
  readonly steps: readonly Step[];
}

/** Whom grants may be for so that they are the actor's. */
export interface Principals {
  readonly userId: string | null;
  readonly groupIds: readonly string[];
  readonly keyId: string | null;
}

/**
 * Why the actor may or may not do this, from the links of a chain, nearest first. It says of every verb what `effectiveMask` says.
 * @param now grants that have ended by then speak no more
 */
export function explain(actor: Standing, principals: Principals, verb: Verb, chain: readonly Link[], now: Date): Explanation {
  if (actor.role === null || actor.kind === 'anonymous' || chain.length === 0) return { allowed: false, because: 'nobody', steps: [] };
  const bit = bitOf(verb);
  const admin = actor.role === 'admin';
  const last = chain.at(-1);
  const rooted = last?.kind === 'workspace';
  const gives = (verbsOfRole(actor.role, actor.roleVerbs) & bit) !== 0;
  const speaking = chain
    .flatMap((link) => link.grants)
    .filter((grant) => grant.verbs & bit && (grant.until === null || grant.until > now) && isFor(grant, principals));
  // Denials of a person do not bind an administrator; those of a key always do.
  const denials = speaking.filter((grant) => grant.effect === 'deny' && (!admin || grant.principal.kind === 'api_key'));
  const grants = speaking.filter((grant) => grant.effect === 'allow');
  const scoped = actor.scopes === null || (maskOfScopes(actor.scopes) & bit) !== 0;
  const because = reason({ denied: denials.length > 0, role: gives && (rooted || admin), gives, granted: grants.length > 0, scoped });
  const deciding: readonly GrantRow[] = because === 'denied' ? denials : because === 'grant' ? grants : [];
  const steps: Step[] = [
    { step: 'role', role: actor.role, gives, counts: rooted || admin },
    ...speaking.map((grant): Step => ({ step: 'grant', grant, decides: deciding.includes(grant) })),
    ...(last && !rooted ? [{ step: 'inheritance_broken', aclId: last.aclId } as const] : []),
    ...(actor.scopes === null ? [] : [{ step: 'scopes', scopes: actor.scopes, gives: scoped } as const]),
  ];
  return { allowed: because === 'role' || because === 'grant', because, steps };
}

function reason(facts: { denied: boolean; role: boolean; gives: boolean; granted: boolean; scoped: boolean }): Because {
  if (facts.denied) return 'denied';
  if (!facts.role && !facts.granted) return facts.gives ? 'inheritance_broken' : 'not_granted';
  if (!facts.scoped) return 'scope';
  return facts.role ? 'role' : 'grant';
}

function isFor(grant: GrantRow, principals: Principals): boolean {
  const { kind, id } = grant.principal;
  if (kind === 'user') return id === principals.userId;
  if (kind === 'group') return principals.groupIds.includes(id);
  return kind === 'api_key' && id === principals.keyId;
}
