import type { Ctx, Role } from '../../../context.ts';
import { defineError, notFound } from '../../../errors.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { Permissions } from '../permissions/index.ts';
import type { AccountsRepository } from './accounts.repository.ts';
import type { ApiKeysRepository } from './api-keys.repository.ts';
import type { IdentityChanges } from './changes.service.ts';
import type { Passwords } from './identity.passwords.ts';
import { isPerson, keepsAnAdmin } from './identity.policy.ts';
import { presentMember } from './identity.presenters.ts';
import type { MemberDto } from './identity.schema.ts';
import type { RolesService } from './roles.service.ts';
import type { MemberRow, MembersRepository } from './members.repository.ts';

export const lastAdmin = defineError('last_admin', 409, 'The last administrator cannot leave or be demoted');
export const alreadyMember = defineError('already_member', 409, 'This person is a member already');

export interface NewMember {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly password?: string;
}

export interface MembersDeps {
  readonly accounts: AccountsRepository;
  readonly members: MembersRepository;
  readonly roles: RolesService;
  readonly keys: ApiKeysRepository;
  readonly passwords: Passwords;
  readonly changes: IdentityChanges;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
  /** Makes a one-time sign-in link for an address. */
  makeLink(email: string): Promise<string>;
}

/** The people of a workspace. Everything here needs `manage` on the workspace and a person (or the command line), never a key. */
export class MembersService {
  readonly #deps: MembersDeps;

  constructor(deps: MembersDeps) {
    this.#deps = deps;
  }

  async list(ctx: Ctx): Promise<{ items: MemberDto[] }> {
    await this.#mayManage(ctx, false);
    return { items: (await this.#deps.members.list(ctx)).map(presentMember) };
  }

  /**
   * Takes a person in. Without a password the answer carries a one-time link; neither is made for somebody who has an account
   * already, which belongs to them and not to this workspace.
   * Errors: 409 `already_member`, 422 for a role that does not exist or that one may not give.
   */
  async invite(ctx: Ctx, input: NewMember): Promise<{ member: MemberDto; signInLink: string | null }> {
    await this.#mayManage(ctx, true);
    const hash = input.password === undefined ? null : await this.#deps.passwords.hash(input.password);
    const { accounts, members, audit } = this.#deps;
    const { member, needsLink } = await this.#deps.changes.change(ctx, '*', async (inner) => {
      await this.#deps.roles.mayGive(inner, input.role);
      const known = await accounts.findByEmail(inner, input.email);
      // An account that no workspace has any more was left behind by a removal: it starts anew.
      const own = known === null || (await this.#abandoned(inner, known.id));
      const userId = known?.id ?? (await accounts.insert(inner, input));
      if (!(await members.insert(inner, userId, input.role))) throw alreadyMember();
      if (hash !== null && own) await accounts.setPassword(inner, userId, hash);
      const after = { email: input.email.toLowerCase(), role: input.role };
      await audit.record(inner, { action: 'member.added', subjectKind: 'user', subjectId: userId, after });
      return { member: await this.#mustFind(inner, userId), needsLink: own && hash === null };
    });
    return { member: presentMember(member), signInLink: needsLink ? await this.#deps.makeLink(member.email) : null };
  }

  /** Errors: 404, 409 `last_admin`, 422 for a role that does not exist or that one may not give or take. */
  async update(ctx: Ctx, userId: string, patch: { role?: Role; quotaBytes?: number | null }): Promise<MemberDto> {
    await this.#mayManage(ctx, true);
    const { members, audit } = this.#deps;
    return this.#deps.changes.change(ctx, userId, async (inner) => {
      const admins = await members.lockAdmins(inner);
      const before = await this.#mustFind(inner, userId);
      // Whoever has more is not managed by somebody who has less, in nothing.
      for (const role of [before.role, patch.role ?? before.role]) await this.#deps.roles.mayGive(inner, role);
      if (patch.role !== undefined && !keepsAnAdmin(admins, userId, patch.role)) throw lastAdmin();
      if (patch.role !== undefined) await members.setRole(inner, userId, patch.role);
      if (patch.quotaBytes !== undefined) await members.setQuota(inner, userId, patch.quotaBytes);
      await audit.record(inner, {
        action: 'member.changed',
        subjectKind: 'user',
        subjectId: userId,
        before: { role: before.role, quotaBytes: before.own_quota_bytes },
        after: { ...patch },
      });
      return presentMember(await this.#mustFind(inner, userId));
    });
  }

  /** Ends the membership, its keys and the person's sessions. Errors: 404, 409 `last_admin`, 422 `role_too_wide`. */
  async remove(ctx: Ctx, userId: string): Promise<void> {
    await this.#mayManage(ctx, true);
    const { accounts, members, keys, audit } = this.#deps;
    await this.#deps.changes.change(ctx, userId, async (inner) => {
      const admins = await members.lockAdmins(inner);
      const member = await this.#mustFind(inner, userId);
      await this.#deps.roles.mayGive(inner, member.role);
      if (!keepsAnAdmin(admins, userId, null)) throw lastAdmin();
      await members.remove(inner, userId);
      await this.#forgetRights(inner, userId);
      await keys.revokeOf(inner, userId);
      await accounts.deleteSessions(inner, userId, null);
      if (await this.#abandoned(inner, userId)) {
        await accounts.removeCredentials(inner, userId);
        await accounts.deleteSignInLinks(inner, member.email);
      }
      const before = { email: member.email, role: member.role };
      await audit.record(inner, { action: 'member.removed', subjectKind: 'user', subjectId: userId, before });
    });
  }

  /** What was granted to them and their keys, so that it does not wait for their return; groups let go of them by themselves. */
  async #forgetRights(ctx: Ctx, userId: string): Promise<void> {
    const { keys, permissions } = this.#deps;
    await permissions.change(ctx, async (inner) => {
      await permissions.grants.removeOf(inner, { kind: 'user', id: userId });
      for (const key of await keys.list(inner, userId)) await permissions.grants.removeOf(inner, { kind: 'api_key', id: key.id });
    });
  }

  /** A fresh one-time link for a member who cannot sign in; older links of theirs end. Command line only. */
  async signInLink(ctx: Ctx, email: string): Promise<string> {
    if (ctx.actor.kind !== 'system') throw notFound();
    const account = await this.#deps.accounts.findByEmail(ctx, email);
    if (!account || !(await this.#deps.members.find(ctx, account.id))) throw notFound('No member has this address.');
    await this.#deps.accounts.deleteSignInLinks(ctx, account.email);
    return this.#deps.makeLink(account.email);
  }

  async #abandoned(ctx: Ctx, userId: string): Promise<boolean> {
    return (await this.#deps.members.membershipCount(ctx, userId)) === 0;
  }

  async #mustFind(ctx: Ctx, userId: string): Promise<MemberRow> {
    const member = await this.#deps.members.find(ctx, userId);
    if (!member) throw notFound();
    return member;
  }

  async #mayManage(ctx: Ctx, changing: boolean): Promise<void> {
    if (changing && !isPerson(ctx.actor)) throw notFound();
    await this.#deps.permissions.authorizeWorkspace(ctx, 'manage');
  }
}
