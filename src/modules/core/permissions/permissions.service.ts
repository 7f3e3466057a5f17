import type { Ctx, Transaction } from '../../../context.ts';
import { defineError, notFound } from '../../../errors.ts';
import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import { AccessLoader } from './access.service.ts';
import type { PermissionsRepository } from './permissions.repository.ts';
import { ALL_VERBS, bitOf, type Verb, verbsOf } from './permissions.verbs.ts';
import { newId } from '../../../platform/database/uuid.ts';

/** Which acls of `ctx.workspaceId` a list, count, search or event may show. */
export type AclFilter = { readonly all: true } | { readonly all: false; readonly aclIds: readonly string[] };

/** A move would give the mover rights over what is moved. */
export const rightsGained = defineError('rights_gained', 409, 'You would gain rights by this');

export const PERMISSIONS_CHANGED = 'permissions_changed';

export interface PermissionsDeps {
  readonly repository: PermissionsRepository;
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
}

/** Who may do what, by permission roots (decisions 4). Knows acls and principals, never assets. */
export class PermissionsService {
  readonly #deps: PermissionsDeps;
  readonly #loader: AccessLoader;
  /** Acls seen to exist, `workspace acl`; they never change workspace and their absence only denies. */
  #known = new Set<string>();
  /** Transactions that have changed rights and read what they wrote. */
  readonly #changing = new WeakSet<Transaction>();
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
    const access = await this.#loader.load(ctx, ctx.trx !== undefined && this.#changing.has(ctx.trx));
    const bit = bitOf(verb);
    if (access.uniform) return access.mask & bit ? { all: true } : { all: false, aclIds: [] };
    const aclIds = [...access.masks].filter(([, mask]) => mask & bit).map(([id]) => id);
    return aclIds.length === access.masks.size ? { all: true } : { all: false, aclIds };
  }

  /**
   * Throws one `not_found` when the verb is missing on any acl, when one is not of this workspace, and for an empty list.
   * @param detail what the caller says of things that are missing: both answers must be the same to the letter
   */
  async authorizeAcls(ctx: Ctx, verb: Verb, aclIds: readonly string[], detail?: string): Promise<void> {
    const ids = [...new Set(aclIds)];
    if (ids.length === 0) throw notFound(detail);
    const masks = await this.#masks(ctx, ids);
    if (!ids.every((id) => (masks.get(id) ?? 0) & bitOf(verb))) throw notFound(detail);
  }

  /** The verb on the workspace's root acl, or `not_found`. */
  async authorizeWorkspace(ctx: Ctx, verb: Verb): Promise<void> {
    const root = await this.#root(ctx);
    if (root === null) throw notFound();
    await this.authorizeAcls(ctx, verb, [root]);
  }

  /** Empty when the acl is not of this workspace. */
  async verbsOn(ctx: Ctx, aclId: string): Promise<Verb[]> {
    return verbsOf(await this.maskOn(ctx, aclId));
  }

  /** As `verbsOn`, in bits. */
  async maskOn(ctx: Ctx, aclId: string): Promise<number> {
    return (await this.#masks(ctx, [aclId])).get(aclId) ?? 0;
  }

  /** As `maskOn`, at an instant to come. */
  async maskAt(ctx: Ctx, aclId: string, at: Date): Promise<number> {
    const { access } = await this.#loader.read({ ...ctx, clock: { now: () => at } });
    return access.uniform ? access.mask : (access.masks.get(aclId) ?? 0);
  }

  /**
   * What the actor may do on an acl and on everything that inherits from it, at an instant to come: only that is theirs to give until then. Grants end and never
   * begin, so whatever holds then holds until then.
   */
  async maskToGive(ctx: Ctx, aclId: string, at: Date): Promise<number> {
    const { access } = await this.#loader.read({ ...ctx, clock: { now: () => at } });
    if (access.uniform) return access.mask;
    const below = await this.#deps.repository.lockSubtree(ctx, aclId);
    return below.includes(aclId) ? below.reduce((mask, id) => mask & (access.masks.get(id) ?? 0), ALL_VERBS) : 0;
  }

  /**
   * For what changes its permission root: nobody gains by moving things, neither verbs nor the end of a denial.
   * @throws rights_gained, with the verbs
   */
  async mustNotGain(ctx: Ctx, before: number, aclId: string): Promise<void> {
    const gained = verbsOf((await this.maskOn(ctx, aclId)) & ~before);
    if (gained.length > 0)
      throw rightsGained({
        detail: `You may ${gained.join(', ')} there and not here. Somebody who may do so here can move it.`,
        extra: { verbs: gained },
      });
  }

  async workspaceVerbs(ctx: Ctx): Promise<Verb[]> {
    const root = await this.#root(ctx);
    return root === null ? [] : this.verbsOn(ctx, root);
  }

  /** A permission root below `parentId`; null inherits nothing. The caller has checked that its actor may make one. */
  createAcl(ctx: Ctx, acl: { kind: 'folder' | 'collection' | 'campaign'; parentId: string | null }): Promise<string> {
    return this.change(ctx, async (inner) => {
      if (acl.parentId !== null) await this.#mustExist(inner, acl.parentId);
      return this.#deps.repository.insertAcl(inner, acl.kind, acl.parentId);
    });
  }

  /** Hangs an acl under another; a circle or a foreign acl is `not_found`. */
  async moveAcl(ctx: Ctx, aclId: string, parentId: string | null): Promise<void> {
    await this.change(ctx, async (inner) => {
      const below = await this.#deps.repository.lockSubtree(inner, aclId);
      if (below.length === 0 || (parentId !== null && below.includes(parentId))) throw notFound();
      if (parentId !== null) await this.#mustExist(inner, parentId);
      await this.#deps.repository.setParent(inner, aclId, parentId);
    });
  }

  /** Hangs those of these acls that hang under `from` under `to`; others, above all those that inherit nothing, stay. */
  async rehangAcls(ctx: Ctx, aclIds: readonly string[], from: string, to: string): Promise<void> {
    if (aclIds.length > 0) await this.change(ctx, (inner) => this.#deps.repository.rehang(inner, aclIds, from, to));
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

  async #masks(ctx: Ctx, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const access = await this.#loader.load(ctx, ctx.trx !== undefined && this.#changing.has(ctx.trx));
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

  /**
   * Runs `work`, which changes who may do what, in one transaction that tells every process; this one forgets at once after the
   * commit, so that the next request here reads what was written.
   */
  async change<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    return this.#deps.transactions.run(ctx, async (inner) => {
      this.#changing.add(inner.trx);
      const made = await work(inner);
      await this.#deps.notifications.notify(inner, PERMISSIONS_CHANGED, inner.workspaceId);
      inner.trx.afterCommit(() => this.#drop(inner.workspaceId));
      return made;
    });
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
