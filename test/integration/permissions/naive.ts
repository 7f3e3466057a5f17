import { type Role, type Scope } from '../../../src/context.ts';
import { maskOfScopes, verbsOfRole } from '../../../src/modules/core/permissions/permissions.policy.ts';
import { bitOf, type Verb } from '../../../src/modules/core/permissions/permissions.verbs.ts';

/** The rules of decisions 4 read as they stand, folder by folder: no acls, no caches, no SQL. What the engine says is compared with it. */

export interface NaiveGrant {
  /** `user:…`, `group:…` or `api_key:…` */
  readonly principal: string;
  readonly effect: 'allow' | 'deny';
  readonly verbs: readonly Verb[];
  readonly active: boolean;
}

export interface NaiveFolder {
  parent: number | null;
  broken: boolean;
  grants: NaiveGrant[];
}

export interface NaiveActor {
  readonly userId: string;
  readonly role: Role;
  readonly roleVerbs?: number;
  readonly key?: { readonly id: string; readonly scopes: readonly Scope[] };
}

export class NaiveLibrary {
  readonly folders: NaiveFolder[];
  readonly groups = new Map<string, Set<string>>();

  constructor(parents: readonly (number | null)[]) {
    this.folders = parents.map((parent) => ({ parent, broken: false, grants: [] }));
  }

  /** The folder and those above it that count for it, nearest first. */
  chain(at: number): NaiveFolder[] {
    const folder = this.#at(at);
    return folder.broken || folder.parent === null ? [folder] : [folder, ...this.chain(folder.parent)];
  }

  isBelow(at: number, above: number): boolean {
    const { parent } = this.#at(at);
    return at === above || (parent !== null && this.isBelow(parent, above));
  }

  breakInheritance(at: number, keep: boolean): void {
    const folder = this.#at(at);
    if (folder.broken || folder.parent === null) return;
    const above = this.chain(at).slice(1);
    folder.grants.push(...above.flatMap(({ grants }) => grants).filter(({ effect, active }) => active && (keep || effect === 'deny')));
    folder.broken = true;
  }

  may(actor: NaiveActor, at: number, verb: Verb): boolean {
    const mine = new Set([`user:${actor.userId}`]);
    for (const [id, people] of this.groups) if (people.has(actor.userId)) mine.add(`group:${id}`);
    if (actor.key) mine.add(`api_key:${actor.key.id}`);
    const chain = this.chain(at);
    const said = chain
      .flatMap(({ grants }) => grants)
      .filter((grant) => grant.active && mine.has(grant.principal) && grant.verbs.includes(verb));
    if (actor.key && !(maskOfScopes(actor.key.scopes) & bitOf(verb))) return false;
    if (said.some(({ effect, principal }) => effect === 'deny' && (actor.role !== 'admin' || principal.startsWith('api_key:'))))
      return false;
    const reachesRoot = chain.at(-1)?.parent === null && !chain.at(-1)?.broken;
    const byRole = (verbsOfRole(actor.role, actor.roleVerbs) & bitOf(verb)) !== 0 && (reachesRoot || actor.role === 'admin');
    return byRole || said.some(({ effect }) => effect === 'allow');
  }

  #at(at: number): NaiveFolder {
    const folder = this.folders[at];
    if (!folder) throw new Error(`there is no folder ${at}`);
    return folder;
  }
}
