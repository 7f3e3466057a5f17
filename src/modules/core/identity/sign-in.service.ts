import { createHash } from 'node:crypto';
import { type Clock, type Ctx, systemContext } from '../../../context.ts';
import { tooManyRequests } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import { networkOf } from '../../../platform/http/address.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { AccountsRepository } from './accounts.repository.ts';
import type { AttemptsRepository } from './attempts.repository.ts';
import type { IdentityChanges } from './changes.service.ts';
import type { WorkspacesRepository } from './workspaces.repository.ts';

const WINDOW_MS = 15 * 60_000;
/** Failures in a window: one account from one network; one network; one account from networks it was never used from. */
const LIMITS = { pair: 10, network: 300, account: 100 };

export interface SignInDeps {
  readonly accounts: AccountsRepository;
  readonly attempts: AttemptsRepository;
  readonly workspaces: WorkspacesRepository;
  readonly changes: IdentityChanges;
  readonly transactions: TransactionRunner;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** False = no limits (load tests). */
  readonly limited: boolean;
}

/** How often somebody may try, and what is written down about it. */
export class SignInService {
  readonly #deps: SignInDeps;

  constructor(deps: SignInDeps) {
    this.#deps = deps;
  }

  /**
   * Counts an attempt before the password is looked at. A stranger can use up the tries of their own network only: the person
   * goes on signing in from wherever they have a session, and by a one-time link from anywhere.
   * Errors: 429 with Retry-After.
   */
  async attempt(account: string, address: string): Promise<void> {
    if (!this.#deps.limited) return;
    const ctx = systemContext('', { clock: this.#deps.clock });
    const network = networkOf(address);
    const hash = accountHash(account);
    // Written before it is known how the attempt ends; a refused one does not count, so the window really passes.
    const allowed = await this.#deps.transactions.run(ctx, async (inner) => {
      await this.#deps.attempts.lock(inner, hash);
      const since = new Date(ctx.clock.now().getTime() - WINDOW_MS);
      const counts = await this.#deps.attempts.count(inner, hash, network, since);
      if (counts.pair >= LIMITS.pair || counts.network >= LIMITS.network) return false;
      if (counts.account >= LIMITS.account && !(await this.#knows(inner, account, network))) return false;
      await this.#deps.attempts.insert(inner, hash, network);
      return true;
    });
    if (allowed) return;
    throw tooManyRequests({
      detail: 'Too many attempts. Wait some minutes, or ask an administrator for a sign-in link.',
      headers: { 'retry-after': String(WINDOW_MS / 2000) },
    });
  }

  async succeeded(account: string, address: string): Promise<void> {
    if (!this.#deps.limited) return;
    await this.#deps.attempts.clear(systemContext(''), accountHash(account), networkOf(address));
  }

  async signedIn(userId: string, by: 'password' | 'link', request: { id: string; address: string }): Promise<void> {
    const ctx = systemContext('', { requestId: request.id, clock: this.#deps.clock });
    const account = await this.#deps.accounts.findById(ctx, userId);
    if (by === 'password' && account) await this.succeeded(account.email, request.address);
    if (by === 'link' && account) await this.#deps.accounts.deleteSignInLinks(ctx, account.email);
    await this.#deps.accounts.signedIn(ctx, userId);
    await this.#record(ctx, userId, 'session.created', { by, network: networkOf(request.address) });
  }

  async refused(email: string, request: { id: string; address: string }): Promise<void> {
    const ctx = systemContext('', { requestId: request.id, clock: this.#deps.clock });
    const account = await this.#deps.accounts.findByEmail(ctx, email);
    // An address that nobody has belongs to no workspace; it is counted, not written down.
    if (account) await this.#record(ctx, account.id, 'session.refused', { network: networkOf(request.address) });
  }

  async signedOut(userId: string, requestId: string): Promise<void> {
    const ctx = systemContext('', { requestId, clock: this.#deps.clock });
    await this.#deps.changes.change(ctx, userId, (inner) => this.#record(inner, userId, 'session.ended', {}));
  }

  /** In every workspace the person belongs to: each has an audit log of its own. */
  async #record(ctx: Ctx, userId: string, action: string, after: Record<string, unknown>): Promise<void> {
    for (const { workspace_id, role } of await this.#deps.workspaces.memberships(ctx, userId)) {
      const actor = { kind: 'user', id: userId, userId, role, scopes: null } as const;
      await this.#deps.audit.record(
        { ...ctx, workspaceId: workspace_id, actor },
        { action, subjectKind: 'user', subjectId: userId, after },
      );
    }
  }

  async #knows(ctx: Ctx, email: string, network: string): Promise<boolean> {
    const account = await this.#deps.accounts.findByEmail(ctx, email);
    return account !== null && (await this.#deps.accounts.knownNetworks(ctx, account.id)).includes(network);
  }
}

/** Addresses are not kept for guesses. */
function accountHash(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('hex');
}
