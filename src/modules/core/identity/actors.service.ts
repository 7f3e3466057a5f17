import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ANONYMOUS, type Actor, type Clock, systemContext } from '../../../context.ts';
import { notFound, unauthorized } from '../../../errors.ts';
import type { Log } from '../../../platform/log.ts';
import type { ApiKeysRepository, KeyHolder } from './api-keys.repository.ts';
import { cookieValue } from './identity.cookies.ts';
import { RecentCache } from './identity.recent.ts';
import { scopesWithin } from './identity.policy.ts';
import type { MembershipRow, WorkspacesRepository } from './workspaces.repository.ts';

/** How long a look-up of a session or key is believed; changes come by notification before that. */
const BELIEVED_MS = 5_000;
const TOUCH_MS = 60_000;
/** A session ends at the latest this long after sign-in, however much it is used. */
const SESSION_ABSOLUTE_MS = 90 * 86_400_000;
const KEY_FORM = /^dmsn_[A-Za-z0-9_-]{43}$/;

export interface FoundSession {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
}

export interface SessionReader {
  /** The session of a signed cookie, and cookies to send back (renewed or withdrawn). */
  read(cookieHeader: string): Promise<{ session: FoundSession | null; setCookies: string[] }>;
}

export interface ResolvedActor {
  readonly actor: Actor;
  /** Empty for nobody. */
  readonly workspaceId: string;
  /** `Set-Cookie` values for the answer: a session that is used is renewed. */
  readonly setCookies: readonly string[];
}

interface Person {
  readonly sessionId: string;
  readonly userId: string;
  readonly memberships: readonly MembershipRow[];
}

export interface ActorsDeps {
  readonly cookieName: string;
  readonly sessions: SessionReader;
  readonly keys: ApiKeysRepository;
  readonly workspaces: WorkspacesRepository;
  readonly clock: Clock;
  readonly log: Log;
}

/** Turns a request's credentials into an actor. */
export class ActorsService {
  readonly #deps: ActorsDeps;
  readonly #people = new RecentCache<Person>(10_000, BELIEVED_MS);
  readonly #keys = new RecentCache<KeyHolder>(10_000, BELIEVED_MS);
  readonly #touched = new RecentCache<{ userId: string }>(10_000, TOUCH_MS);

  constructor(deps: ActorsDeps) {
    this.#deps = deps;
  }

  /**
   * Errors: 401 for a key that is unknown, expired or revoked and for any other kind of Authorization; 404 for a workspace
   * the person is no member of. A session that has ended is nobody.
   */
  async resolve(headers: IncomingHttpHeaders): Promise<ResolvedActor> {
    if (headers.authorization !== undefined) return this.#byKey(headers.authorization);
    return this.#byCookie(headers);
  }

  /** Forgets what is believed about a person: role, memberships, sessions, keys. */
  forget(userId: string): void {
    this.#people.deleteWhere((person) => person.userId === userId);
    this.#keys.deleteWhere((key) => key.user_id === userId);
  }

  forgetAll(): void {
    this.#people.deleteWhere(() => true);
    this.#keys.deleteWhere(() => true);
  }

  /** The session that a request's cookie belongs to, read anew. */
  async session(headers: IncomingHttpHeaders): Promise<FoundSession | null> {
    const cookie = cookieValue(headers.cookie, this.#deps.cookieName);
    return cookie === null ? null : (await this.#readSession(cookie)).session;
  }

  async #byKey(authorization: string): Promise<ResolvedActor> {
    const key = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    const now = this.#deps.clock.now();
    if (key === undefined || !KEY_FORM.test(key)) throw unauthorized({ headers: { 'www-authenticate': 'Bearer' } });
    const hash = hashKey(key);
    let holder = this.#keys.get(hash, now.getTime());
    if (!holder) {
      const epoch = this.#keys.epoch;
      holder = (await this.#deps.keys.findHolder({}, hash, now)) ?? undefined;
      if (holder) this.#keys.put(hash, holder, now.getTime(), epoch);
    }
    if (!holder || (holder.expires_at !== null && holder.expires_at <= now)) {
      throw unauthorized({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    }
    this.#touch(holder, now);
    const roleVerbs = holder.role_verbs ?? undefined;
    const scopes = scopesWithin(holder.role, holder.scopes, roleVerbs);
    const actor: Actor = { kind: 'api_key', id: holder.id, userId: holder.user_id, role: holder.role, roleVerbs, scopes };
    return { actor, workspaceId: holder.workspace_id, setCookies: [] };
  }

  /** Beside the request: nobody waits for it and nothing fails by it. */
  #touch(holder: KeyHolder, now: Date): void {
    if (this.#touched.get(holder.id, now.getTime())) return;
    this.#touched.put(holder.id, { userId: holder.user_id }, now.getTime(), this.#touched.epoch);
    this.#deps.keys.touch({}, holder.id, now).catch((error: unknown) => {
      this.#deps.log.debug({ err: error }, 'the time of an API key’s last use was not written');
    });
  }

  async #byCookie(headers: IncomingHttpHeaders): Promise<ResolvedActor> {
    const cookie = cookieValue(headers.cookie, this.#deps.cookieName);
    if (cookie === null || cookie === '') return { actor: ANONYMOUS, workspaceId: '', setCookies: [] };
    const now = this.#deps.clock.now().getTime();
    const key = createHash('sha256').update(cookie).digest('base64url');
    let person = this.#people.get(key, now);
    let setCookies: string[] = [];
    if (!person) {
      const epoch = this.#people.epoch;
      const found = await this.#readSession(cookie);
      setCookies = found.setCookies;
      if (!found.session) return { actor: ANONYMOUS, workspaceId: '', setCookies };
      const { id, userId } = found.session;
      person = { sessionId: id, userId, memberships: await this.#deps.workspaces.memberships(systemContext(''), userId) };
      this.#people.put(key, person, now, epoch);
    }
    const membership = choose(person.memberships, headers['damson-workspace']);
    if (!membership) return { actor: ANONYMOUS, workspaceId: '', setCookies };
    const { role, role_verbs } = membership;
    const actor: Actor = { kind: 'user', id: person.userId, userId: person.userId, role, roleVerbs: role_verbs ?? undefined, scopes: null };
    return { actor, workspaceId: membership.workspace_id, setCookies };
  }

  async #readSession(cookie: string): Promise<{ session: FoundSession | null; setCookies: string[] }> {
    const found = await this.#deps.sessions.read(`${this.#deps.cookieName}=${cookie}`);
    const age = found.session ? this.#deps.clock.now().getTime() - found.session.createdAt.getTime() : 0;
    return age > SESSION_ABSOLUTE_MS ? { session: null, setCookies: [] } : found;
  }
}

function choose(memberships: readonly MembershipRow[], wanted: string | string[] | undefined): MembershipRow | undefined {
  if (wanted === undefined || wanted === '') return memberships[0];
  const found = memberships.find((membership) => membership.workspace_id === wanted || membership.slug === wanted);
  if (!found) throw notFound('No such workspace.');
  return found;
}

/** Hex SHA-256: the form in which keys are kept. A key has 256 random bits, so nothing slower is needed. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
