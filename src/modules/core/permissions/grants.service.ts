import type { Ctx } from '../../../context.ts';
import { notFound } from '../../../errors.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { Effect, GrantRow, GrantsRepository, Link } from './grants.repository.ts';
import type { Principal } from './permissions.repository.ts';
import { verbsOfRole } from './permissions.policy.ts';
import type { PermissionsService } from './permissions.service.ts';
import { ALL_VERBS, maskOf, type Verb, verbsOf } from './permissions.verbs.ts';

export interface Grant {
  readonly aclId: string;
  readonly principal: Principal;
  readonly verbs: readonly Verb[];
  readonly effect: Effect;
  readonly until?: Date | null;
}

export interface GrantsDeps {
  readonly permissions: PermissionsService;
  readonly repository: GrantsRepository;
  readonly audit: AuditLog;
}

/**
 * What is given to people, groups and keys on an acl, and kept from them. Everything needs `manage` on the acl, and nobody gives a
 * verb that they do not hold there themselves, be it by a grant or by taking a denial away; both answer `not_found`.
 */
export class GrantsService {
  readonly #deps: GrantsDeps;

  constructor(deps: GrantsDeps) {
    this.#deps = deps;
  }

  /** The grants of an acl and of those it inherits from, nearest first; the caller has checked that its actor may see them. */
  chain(ctx: Ctx, aclId: string): Promise<Link[]> {
    return this.#deps.repository.chain(ctx, aclId);
  }

  /** The name of a member, group or key of this workspace, which stays until the transaction ends. Errors: 404. */
  async mustExist(ctx: Ctx, principal: Principal): Promise<string> {
    const name = await this.#deps.repository.principalName(ctx, principal);
    if (name === null) throw notFound('There is nobody of this id here.');
    return name;
  }

  add(ctx: Ctx, grant: Grant): Promise<string> {
    const { permissions, repository, audit } = this.#deps;
    return permissions.change(ctx, async (inner) => {
      const made = { ...grant, verbs: maskOf(grant.verbs), until: grant.until ?? null };
      await this.#mayHandOver(inner, grant.aclId, given(null, made), made.until);
      const id = await repository.insert(inner, made);
      await audit.record(inner, { action: 'grant.created', subjectKind: 'acl', subjectId: grant.aclId, after: fact({ ...made, id }) });
      return id;
    });
  }

  /** Changes what a grant says, never whom it is for. @param aclId the acl it must stand on. Errors: 404. */
  async update(ctx: Ctx, aclId: string, id: string, patch: Partial<Pick<Grant, 'verbs' | 'effect' | 'until'>>): Promise<void> {
    const { permissions, repository, audit } = this.#deps;
    await permissions.change(ctx, async (inner) => {
      const before = await this.#mustFind(inner, id, aclId);
      const after = {
        ...before,
        verbs: patch.verbs === undefined ? before.verbs : maskOf(patch.verbs),
        effect: patch.effect ?? before.effect,
        until: patch.until === undefined ? before.until : patch.until,
      };
      await this.#mayHandOver(inner, aclId, given(before, after), before.effect === 'deny' ? null : after.until);
      await repository.update(inner, id, after);
      const change = { before: fact(before), after: fact(after) };
      await audit.record(inner, { action: 'grant.changed', subjectKind: 'acl', subjectId: aclId, ...change });
    });
  }

  /** @param aclId the acl it must stand on; absent = any. Errors: 404. */
  async remove(ctx: Ctx, id: string, aclId?: string): Promise<void> {
    await this.#deps.permissions.change(ctx, async (inner) => {
      const grant = await this.#mustFind(inner, id, aclId);
      await this.#mayHandOver(inner, grant.aclId, given(grant, null), null);
      await this.#delete(inner, grant);
    });
  }

  /**
   * Ends what an acl inherits. Denials from above stay as its own, grants from above when `keep` says so, and whoever does this keeps
   * what they may do here: so nobody gains anything, and somebody can still manage it. Nothing happens where nothing is inherited.
   */
  async breakInheritance(ctx: Ctx, aclId: string, keep: boolean): Promise<void> {
    const { permissions, repository, audit } = this.#deps;
    await permissions.change(ctx, async (inner) => {
      await permissions.authorizeAcls(inner, 'manage', [aclId]);
      const [, ...above] = await repository.chain(inner, aclId);
      if (above.length === 0) return;
      const [own, held] = [await permissions.maskOn(inner, aclId), await permissions.maskAt(inner, aclId, FOREVER)];
      const now = inner.clock.now();
      const copied = above.flatMap((link) => link.grants).filter((grant) => isActive(grant, now) && (keep || grant.effect === 'deny'));
      for (const grant of copied) await repository.insert(inner, { ...grant, aclId });
      await permissions.moveAcl(inner, aclId, null);
      const { actor } = inner;
      if (actor.kind === 'user' && actor.id !== null && (await permissions.maskOn(inner, aclId)) !== own) {
        const principal = { kind: 'user' as const, id: actor.id };
        const lasting = own & held;
        if (lasting !== 0) await repository.insert(inner, { aclId, principal, verbs: lasting, effect: 'allow', until: null });
        // What they hold for a time is not made endless by this.
        const until = firstEnd(above, now);
        if (own & ~lasting && until !== null)
          await repository.insert(inner, { aclId, principal, verbs: own & ~lasting, effect: 'allow', until });
      }
      const after = { inherits: false, kept: copied.length };
      await audit.record(inner, {
        action: 'acl.inheritance_broken',
        subjectKind: 'acl',
        subjectId: aclId,
        before: { inherits: true },
        after,
      });
    });
  }

  /**
   * Lets an acl inherit again. It needs every verb that others get by it: those granted above, and those of the roles that people
   * here have when the chain leads to the workspace. Nothing happens where something is inherited. Errors: 404.
   */
  async restoreInheritance(ctx: Ctx, aclId: string, parentId: string): Promise<void> {
    const { permissions, repository, audit } = this.#deps;
    await permissions.change(ctx, async (inner) => {
      await permissions.authorizeAcls(inner, 'manage', [aclId]);
      if ((await repository.chain(inner, aclId)).length > 1) return;
      const above = await repository.chain(inner, parentId);
      const now = inner.clock.now();
      const granted = above.flatMap((link) => link.grants).filter((grant) => grant.effect === 'allow' && isActive(grant, now));
      const roles = above.at(-1)?.kind === 'workspace' ? await repository.rolesInUse(inner) : [];
      const given = [...granted.map((grant) => grant.verbs), ...roles.map(({ role, verbs }) => verbsOfRole(role, verbs ?? 0))];
      await this.#mustHold(
        inner,
        aclId,
        given.reduce((mask, verbs) => mask | verbs, 0),
        null,
      );
      await permissions.moveAcl(inner, aclId, parentId);
      const change = { before: { inherits: false }, after: { inherits: true } };
      await audit.record(inner, { action: 'acl.inheritance_restored', subjectKind: 'acl', subjectId: aclId, ...change });
    });
  }

  /** Ends everything that stands for a principal which itself ends; the caller has checked that it may, and tells the processes. */
  async removeOf(ctx: Ctx, principal: Principal): Promise<void> {
    for (const grant of await this.#deps.repository.ofPrincipal(ctx, principal)) await this.#delete(ctx, grant);
  }

  /**
   * Whether the actor may make somebody part of a group (`joins`) or take them out of it: what they gain by that must be the
   * actor's to give. Errors: 404.
   */
  async mayChangeGroup(ctx: Ctx, groupId: string, change: 'joins' | 'leaves'): Promise<void> {
    for (const grant of await this.#deps.repository.ofPrincipal(ctx, { kind: 'group', id: groupId })) {
      const gained = change === 'joins' ? given(null, grant) : given(grant, null);
      if (gained !== 0) await this.#mustHold(ctx, grant.aclId, gained, change === 'joins' ? grant.until : null);
    }
  }

  async #delete(ctx: Ctx, grant: GrantRow): Promise<void> {
    await this.#deps.repository.delete(ctx, grant.id);
    await this.#deps.audit.record(ctx, { action: 'grant.removed', subjectKind: 'acl', subjectId: grant.aclId, before: fact(grant) });
  }

  async #mustFind(ctx: Ctx, id: string, aclId?: string): Promise<GrantRow> {
    const grant = await this.#deps.repository.findLocked(ctx, id);
    if (grant === null || (aclId !== undefined && grant.aclId !== aclId)) throw notFound();
    return grant;
  }

  async #mayHandOver(ctx: Ctx, aclId: string, verbs: number, until: Date | null): Promise<void> {
    await this.#deps.permissions.authorizeAcls(ctx, 'manage', [aclId]);
    await this.#mustHold(ctx, aclId, verbs, until);
  }

  /** Everywhere that it reaches, and as long as it lasts. */
  async #mustHold(ctx: Ctx, aclId: string, verbs: number, until: Date | null): Promise<void> {
    const now = ctx.clock.now();
    // A grant holds until just before its end.
    const end = until === null ? FOREVER : new Date(Math.max(now.getTime(), until.getTime() - 1));
    if (verbs & ~(await this.#deps.permissions.maskToGive(ctx, aclId, end))) throw notFound();
  }
}

/** When the first of what is allowed for a time ends; null = nothing is. */
function firstEnd(links: readonly Link[], now: Date): Date | null {
  const ends = links
    .flatMap((link) => link.grants)
    .flatMap(({ effect, until }) => (effect === 'allow' && until !== null && until > now ? [until] : []));
  return ends.reduce<Date | null>((first, end) => (first === null || end < first ? end : first), null);
}

/** Later than the end of any grant that has one. */
const FOREVER = new Date('9999-12-31T00:00:00Z');

function isActive(grant: GrantRow, now: Date): boolean {
  return grant.until === null || grant.until > now;
}

type Said = { readonly verbs: number; readonly effect: Effect };

/** The verbs that a change can give somebody: all that is allowed afterwards, and all that was denied before. */
function given(before: Said | null, after: Said | null): number {
  const allowed = after?.effect === 'allow' ? after.verbs : 0;
  const denied = before?.effect === 'deny' ? before.verbs : 0;
  return (allowed | denied) & ALL_VERBS;
}

function fact(grant: Said & { id: string; principal: Principal; until: Date | null }): Record<string, unknown> {
  const { id, principal, effect, until } = grant;
  return { grant: id, principal, verbs: verbsOf(grant.verbs & ALL_VERBS), effect, until: until?.toISOString() ?? null };
}
