import type { Actor, Ctx } from '../../../context.ts';
import { effectiveMask } from './permissions.policy.ts';
import type { PermissionsRepository, Principal } from './permissions.repository.ts';
import { WorkspaceCache } from './permissions.cache.ts';

/** What one actor may do in one workspace: the same everywhere, or a mask per acl. */
export type Access =
  | { readonly uniform: true; readonly mask: number }
  | { readonly uniform: false; readonly masks: ReadonlyMap<string, number> };

/** Also without any `until` and any notification an entry is read again after this long. */
const MAX_AGE_MS = 30_000;
const MAX_PRINCIPAL_SETS = 5_000;

const NO_GRANTS = { rooted: true, allow: 0, denyPerson: 0, denyKey: 0 };

function principalsOf(actor: Actor): Principal[] {
  const principals: Principal[] = [];
  if (actor.userId !== null) principals.push({ kind: 'user', id: actor.userId });
  if (actor.kind === 'api_key' && actor.id !== null) principals.push({ kind: 'api_key', id: actor.id });
  return principals;
}

/** Loads and keeps `Access`, by principal set and workspace. */
export class AccessLoader {
  readonly #repository: PermissionsRepository;
  readonly #cache = new WorkspaceCache<Access>(MAX_PRINCIPAL_SETS);

  constructor(repository: PermissionsRepository) {
    this.#repository = repository;
  }

  drop(workspaceId: string): void {
    this.#cache.drop(workspaceId);
  }

  dropAll(): void {
    this.#cache.dropAll();
  }

  /**
   * From the cache when it is there; what a transaction sees of its own changes is never kept.
   * @param changing the transaction has changed rights, so that what is kept does not hold inside it
   */
  async load(ctx: Ctx, changing: boolean): Promise<Access> {
    const { actor } = ctx;
    if (actor.kind === 'system' || actor.kind === 'anonymous' || actor.role === null) {
      return { uniform: true, mask: effectiveMask(actor, NO_GRANTS) };
    }
    const now = ctx.clock.now().getTime();
    const key = [actor.kind, actor.id, actor.userId, actor.role, actor.roleVerbs, actor.scopes?.join(',') ?? '*'].join('|');
    if (changing) return (await this.read(ctx)).access;
    const kept = this.#cache.get(ctx.workspaceId, key, now);
    if (kept) return kept;
    const epoch = this.#cache.epoch(ctx.workspaceId);
    const { access, until } = await this.read(ctx);
    const endsAt = Math.min(until ?? Number.POSITIVE_INFINITY, now + MAX_AGE_MS);
    if (!ctx.trx) this.#cache.put(ctx.workspaceId, key, access, endsAt, epoch);
    return access;
  }

  /** Straight from the database; `until` in ms is the first end among the grants used. */
  async read(ctx: Ctx): Promise<{ access: Access; until: number | null }> {
    const rows = await this.#repository.chains(ctx, principalsOf(ctx.actor), ctx.actor.userId);
    if (rows.length === 0) return { access: { uniform: true, mask: effectiveMask(ctx.actor, NO_GRANTS) }, until: null };
    const masks = new Map(
      rows.map((row) => [
        row.id,
        effectiveMask(ctx.actor, { rooted: row.rooted, allow: row.allow, denyPerson: row.deny_person, denyKey: row.deny_key }),
      ]),
    );
    return { access: { uniform: false, masks }, until: rows[0]?.until?.getTime() ?? null };
  }
}
