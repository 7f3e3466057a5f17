import type { Ctx } from '../../../context.ts';
import { notFound } from '../../../errors.ts';
import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import type { AuditLog } from '../audit-log/index.ts';
import { AccessLoader } from './access.service.ts';
import type { PermissionsRepository, Principal } from './permissions.repository.ts';
import { ALL_VERBS, bitOf, maskOf, type Verb, verbsOf } from './permissions.verbs.ts';
import { newId } from '../../../platform/database/uuid.ts';

/** Which acls of `ctx.workspaceId` a list, count, search or event may show. */
export type AclFilter = { readonly all: true } | { readonly all: false; readonly aclIds: readonly string[] };

export const PERMISSIONS_CHANGED = 'permissions_changed';

export interface Grant {
  readonly aclId: string;
  readonly principal: Principal;
  readonly verbs: readonly Verb[];
  readonly effect: 'allow' | 'deny';
  readonly until?: Date | null;
}

export interface PermissionsDeps {
  readonly repository: PermissionsRepository;
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
}

/** Who may do what, by permission roots (decisions 4). Knows acls and principals, never assets. */
export class PermissionsService {
  readonly #deps: PermissionsDeps;
  readonly #loader: AccessLoader;
  /** Acls seen to exist, `workspace acl`; they never change workspace and their absence only denies. */
  #known = new Set<string>();
  /** Root acl by workspace: made once, never changed. */
  readonly #roots = new Map<string, string>();

  constructor(deps: PermissionsDeps) {
    this.#deps = deps;
    this.#loader = new AccessLoader(deps.repository);
  }

  /** Listens for changes made by other processes; call once. */
  async start(): Promise<void> {
    this.#deps.notifications.onGap(() => this.#dropAll());
    await this.#deps.notifications.listen(PERMISSIONS_CHANGED, (workspaceId) => this.#drop(workspaceId));
  }

  /** The acls of the workspace on which the actor holds the verb. */
  async visible(ctx: Ctx, verb: Verb): Promise<AclFilter> {
    const access = await this.#loader.load(ctx);
    const bit = bitOf(verb);
    if (access.uniform) return access.mask & bit ? { all: true } : { all: false, aclIds: [] };
    const aclIds = [...access.masks].filter(([, mask]) => mask & bit).map(([id]) => id);
    return aclIds.length === access.masks.size ? { all: true } : { all: false, aclIds };
  }

  /** Throws one `not_found` when the verb is missing on any acl, when one is not of this workspace, and for an empty list. */
  async authorizeAcls(ctx: Ctx, verb: Verb, aclIds: readonly string[]): Promise<void> {
    const ids = [...new Set(aclIds)];
    if (ids.length === 0) throw notFound();
    const masks = await this.#masks(ctx, ids);
    if (!ids.every((id) => (masks.get(id) ?? 0) & bitOf(verb))) throw notFound();
  }

  /** The verb on the workspace's root acl, or `not_found`. */
  async authorizeWorkspace(ctx: Ctx, verb: Verb): Promise<void> {
    const root = await this.#root(ctx);
    if (root === null) throw notFound();
    await this.authorizeAcls(ctx, verb, [root]);
  }

  /** Empty when the acl is not of this workspace. */
  async verbsOn(ctx: Ctx, aclId: string): Promise<Verb[]> {
    return verbsOf((await this.#masks(ctx, [aclId])).get(aclId) ?? 0);
  }

  async workspaceVerbs(ctx: Ctx): Promise<Verb[]> {
    const root = await this.#root(ctx);
    return root === null ? [] : this.verbsOn(ctx, root);
  }

  /** A permission root below `parentId`; null inherits nothing. The caller has checked that its actor may make one. */
  createAcl(ctx: Ctx, acl: { kind: 'folder' | 'collection' | 'campaign'; parentId: string | null }): Promise<string> {
    return this.#change(ctx, async (inner) => {
      if (acl.parentId !== null) await this.#mustExist(inner, acl.parentId);
      return this.#deps.repository.insertAcl(inner, acl.kind, acl.parentId);
    });
  }

  /** Hangs an acl under another; a circle or a foreign acl is `not_found`. */
  async moveAcl(ctx: Ctx, aclId: string, parentId: string | null): Promise<void> {
    await this.#change(ctx, async (inner) => {
      const below = await this.#deps.repository.lockSubtree(inner, aclId);
      if (below.length === 0 || (parentId !== null && below.includes(parentId))) throw notFound();
      if (parentId !== null) await this.#mustExist(inner, parentId);
      await this.#deps.repository.setParent(inner, aclId, parentId);
    });
  }

  /** The root acl of `ctx.workspaceId`, made when missing; safe when two processes do it at once. */
  async ensureWorkspaceAcl(ctx: Ctx): Promise<string> {
    const found = await this.#deps.repository.rootAcl(ctx);
    if (found !== null) return found;
    const id = newId();
    if (await this.#deps.repository.insertRootAcl(ctx, id)) return id;
    const made = await this.#deps.repository.rootAcl(ctx);
    if (made === null) throw new Error('the root acl is neither there nor can it be made');
    return made;
  }

  /** Needs `manage` on the acl, and every verb that is given away. */
  grant(ctx: Ctx, grant: Grant): Promise<string> {
    return this.#change(ctx, async (inner) => {
      await this.authorizeAcls(inner, 'manage', [grant.aclId]);
      for (const verb of grant.effect === 'allow' ? grant.verbs : []) await this.authorizeAcls(inner, verb, [grant.aclId]);
      const id = await this.#deps.repository.insertGrant(inner, { ...grant, verbs: maskOf(grant.verbs), until: grant.until ?? null });
      const { aclId, principal, verbs, effect } = grant;
      const after = { principal, verbs, effect, until: grant.until?.toISOString() ?? null };
      await this.#deps.audit.record(inner, { action: 'grant.created', subjectKind: 'acl', subjectId: aclId, after });
      return id;
    });
  }

  async revoke(ctx: Ctx, grantId: string): Promise<void> {
    await this.#change(ctx, async (inner) => {
      const grant = await this.#deps.repository.findGrant(inner, grantId);
      if (grant === null) throw notFound();
      await this.authorizeAcls(inner, 'manage', [grant.aclId]);
      await this.#deps.repository.deleteGrant(inner, grantId);
      const before = {
        principal: { kind: grant.principalKind, id: grant.principalId },
        verbs: verbsOf(grant.verbs & ALL_VERBS),
        effect: grant.effect,
      };
      await this.#deps.audit.record(inner, { action: 'grant.removed', subjectKind: 'acl', subjectId: grant.aclId, before });
    });
  }

  async #masks(ctx: Ctx, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const access = await this.#loader.load(ctx);
    if (!access.uniform) {
      if (ids.every((id) => access.masks.has(id))) return access.masks;
      // Perhaps made in this transaction, or a moment ago: look once more.
      const fresh = (await this.#loader.read(ctx)).access;
      if (!fresh.uniform) return fresh.masks;
      return this.#uniform(ctx, ids, fresh.mask);
    }
    return this.#uniform(ctx, ids, access.mask);
  }

  async #uniform(ctx: Ctx, ids: readonly string[], mask: number): Promise<ReadonlyMap<string, number>> {
    const unknown = ids.filter((id) => !this.#known.has(`${ctx.workspaceId} ${id}`));
    if (unknown.length > 0) {
      if (this.#known.size > 100_000) this.#known = new Set();
      for (const id of await this.#deps.repository.existing(ctx, unknown)) this.#known.add(`${ctx.workspaceId} ${id}`);
    }
    return new Map(ids.filter((id) => this.#known.has(`${ctx.workspaceId} ${id}`)).map((id) => [id, mask]));
  }

  async #root(ctx: Ctx): Promise<string | null> {
    const kept = this.#roots.get(ctx.workspaceId);
    if (kept !== undefined) return kept;
    const root = await this.#deps.repository.rootAcl(ctx);
    // One made in a transaction may still be rolled back.
    if (root !== null && !ctx.trx) this.#roots.set(ctx.workspaceId, root);
    return root;
  }

  async #mustExist(ctx: Ctx, aclId: string): Promise<void> {
    if ((await this.#deps.repository.existing(ctx, [aclId])).length === 0) throw notFound();
  }

  /** One transaction that tells every process; this one at once, so that it reads what it wrote. */
  async #change<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    const result = await this.#deps.transactions.run(ctx, async (inner) => {
      const made = await work(inner);
      await this.#deps.notifications.notify(inner, PERMISSIONS_CHANGED, inner.workspaceId);
      return made;
    });
    if (!ctx.trx) this.#drop(ctx.workspaceId);
    return result;
  }

  #drop(workspaceId: string): void {
    this.#loader.drop(workspaceId);
  }

  #dropAll(): void {
    this.#loader.dropAll();
    this.#known = new Set();
    this.#roots.clear();
  }
}
