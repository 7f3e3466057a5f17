import type { Actor, Clock } from '../../../context.ts';
import { scopesWithin } from './identity.policy.ts';
import { isScope } from './identity.scopes.ts';
import { RecentCache } from './identity.recent.ts';
import type { PrincipalsRepository } from './principals.repository.ts';

/** Short, so that a revocation holds within seconds on every byte route (decisions 3). */
const BELIEVED_MS = 2_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Actors of people and keys that are not calling themselves: the holder of a preview token, the person behind a job. */
export class PrincipalsService {
  readonly #repository: PrincipalsRepository;
  readonly #clock: Clock;
  readonly #recent = new RecentCache<{ actor: Actor | null }>(10_000, BELIEVED_MS);

  constructor(repository: PrincipalsRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  /** As `actorOf`, asking the database whatever is believed. */
  actorNow(workspaceId: string, principal: { kind: string; id: string }): Promise<Actor | null> {
    return this.#load(workspaceId, principal);
  }

  /** The actor as it is now, or null when it is no longer anybody here. */
  async actorOf(workspaceId: string, principal: { kind: string; id: string }): Promise<Actor | null> {
    const key = `${workspaceId} ${principal.kind} ${principal.id}`;
    const now = this.#clock.now().getTime();
    const kept = this.#recent.get(key, now);
    if (kept) return kept.actor;
    const { epoch } = this.#recent;
    const actor = await this.#load(workspaceId, principal);
    this.#recent.put(key, { actor }, now, epoch);
    return actor;
  }

  async #load(workspaceId: string, { kind, id }: { kind: string; id: string }): Promise<Actor | null> {
    if (kind === 'user') {
      const row = await this.#repository.user(workspaceId, id);
      return row && { kind: 'user', id, userId: row.userId, role: row.role, roleVerbs: row.roleVerbs ?? undefined, scopes: null };
    }
    if (kind !== 'api_key' || !UUID.test(id)) return null;
    const row = await this.#repository.apiKey(workspaceId, id, this.#clock.now());
    if (!row) return null;
    const roleVerbs = row.roleVerbs ?? undefined;
    // As for a request with the key itself: what is left of its scopes under its owner's role today.
    const scopes = scopesWithin(row.role, (row.scopes ?? []).filter(isScope), roleVerbs);
    return { kind: 'api_key', id, userId: row.userId, role: row.role, roleVerbs, scopes };
  }
}
