import type { Ctx } from '../../../context.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { Permissions } from '../permissions/index.ts';
import type { AccountsRepository } from './accounts.repository.ts';
import type { Passwords } from './identity.passwords.ts';
import type { MembersRepository } from './members.repository.ts';
import type { WorkspacesRepository } from './workspaces.repository.ts';

const DEFAULT_EMAIL = 'admin@damson.local';
const SETTINGS = { timeZone: 'UTC', currency: 'EUR', locale: 'en', fiscalYearStart: 1 };

export interface FirstStartDeps {
  readonly accounts: AccountsRepository;
  readonly members: MembersRepository;
  readonly workspaces: WorkspacesRepository;
  readonly passwords: Passwords;
  readonly transactions: TransactionRunner;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
  readonly quotas: { readonly workspaceBytes: number | null; readonly personBytes: number | null };
  makeLink(email: string): Promise<string>;
  /** The library's part of a new workspace (root folder, vocabulary, fields), in the same transaction. */
  onWorkspaceCreated(ctx: Ctx, workspaceId: string, rootAclId: string): Promise<void>;
}

export interface FirstStart {
  /** Made just now, not found. */
  readonly created: boolean;
  readonly workspaceId: string;
  readonly adminEmail: string | null;
  /** While the administrator has neither a password nor ever signed in. */
  readonly signInLink?: string;
}

/** Makes the first workspace and its administrator. */
export class FirstStartService {
  readonly #deps: FirstStartDeps;

  constructor(deps: FirstStartDeps) {
    this.#deps = deps;
  }

  /** May be called at every start, by several processes at once. Without a password a one-time link is made instead. */
  async ensure(ctx: Ctx, admin: { adminEmail?: string | null; adminPassword?: string | null }): Promise<FirstStart> {
    const hash = admin.adminPassword ? await this.#deps.passwords.hash(admin.adminPassword) : null;
    const email = (admin.adminEmail || DEFAULT_EMAIL).toLowerCase();
    const { created, workspaceId } = await this.#deps.transactions.run(ctx, async (inner) => {
      await this.#deps.workspaces.lockFirstStart(inner);
      const existing = await this.#deps.workspaces.first(inner);
      if (existing) return { created: false, workspaceId: existing.id };
      return { created: true, workspaceId: await this.#create(inner, email, hash) };
    });
    return { created, workspaceId, ...(await this.#welcome({ ...ctx, workspaceId }, hash)) };
  }

  async #create(ctx: Ctx, email: string, hash: string | null): Promise<string> {
    const { accounts, members, workspaces, permissions, audit, quotas } = this.#deps;
    const workspaceId = await workspaces.insert(ctx, {
      ...{ slug: 'main', name: 'Damson', settings: SETTINGS },
      ...{ quotaBytes: quotas.workspaceBytes, personQuotaBytes: quotas.personBytes },
    });
    const inside = { ...ctx, workspaceId };
    const rootAclId = await permissions.ensureWorkspaceAcl(inside);
    const userId = (await accounts.findByEmail(inside, email))?.id ?? (await accounts.insert(inside, { email, name: 'Administrator' }));
    await members.insert(inside, userId, 'admin');
    if (hash !== null) await accounts.setPassword(inside, userId, hash);
    await this.#deps.onWorkspaceCreated(inside, workspaceId, rootAclId);
    const after = { slug: 'main', admin: userId };
    await audit.record(inside, { action: 'workspace.created', subjectKind: 'workspace', subjectId: workspaceId, after });
    return workspaceId;
  }

  /** How the first administrator gets in, as long as they never did. */
  async #welcome(ctx: Ctx, hash: string | null): Promise<{ adminEmail: string | null; signInLink?: string }> {
    const { accounts, members } = this.#deps;
    const adminId = await members.firstAdmin(ctx);
    const account = adminId === null ? null : await accounts.findById(ctx, adminId);
    if (!account) return { adminEmail: null };
    if (account.has_password || account.last_sign_in_at !== null) return { adminEmail: account.email };
    if (hash !== null) {
      // ADMIN_PASSWORD was given after the first start, before anybody signed in.
      await accounts.setPassword(ctx, account.id, hash);
      await accounts.deleteSignInLinks(ctx, account.email);
      return { adminEmail: account.email };
    }
    return { adminEmail: account.email, signInLink: await this.#deps.makeLink(account.email) };
  }
}
