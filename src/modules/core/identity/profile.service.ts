import type { Ctx } from '../../../context.ts';
import { defineError, notFound, unauthorized } from '../../../errors.ts';
import type { AuditLog } from '../audit-log/index.ts';
import { type Permissions, type Verb, VERBS } from '../permissions/index.ts';
import type { AccountsRepository } from './accounts.repository.ts';
import type { ApiKeysRepository } from './api-keys.repository.ts';
import type { IdentityChanges } from './changes.service.ts';
import type { Passwords } from './identity.passwords.ts';
import { presentKey, presentWorkspace } from './identity.presenters.ts';
import type { MeDto } from './identity.schema.ts';
import type { MembersRepository } from './members.repository.ts';
import type { RolesService } from './roles.service.ts';
import type { SignInService } from './sign-in.service.ts';
import type { WorkspacesRepository } from './workspaces.repository.ts';

export const wrongPassword = defineError('wrong_password', 403, 'The current password is not right');

export interface ProfileDeps {
  readonly accounts: AccountsRepository;
  readonly members: MembersRepository;
  readonly roles: RolesService;
  readonly keys: ApiKeysRepository;
  readonly workspaces: WorkspacesRepository;
  readonly passwords: Passwords;
  readonly changes: IdentityChanges;
  readonly signIn: SignInService;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
  readonly uploadMaxBytes: number;
}

/** What somebody sees and changes of themselves. */
export class ProfileService {
  readonly #deps: ProfileDeps;

  constructor(deps: ProfileDeps) {
    this.#deps = deps;
  }

  /** Errors: 401 for nobody. */
  async me(ctx: Ctx): Promise<MeDto> {
    const { actor } = ctx;
    if (actor.userId === null || actor.role === null) throw unauthorized();
    const { accounts, members, keys, workspaces } = this.#deps;
    const account = await accounts.findById(ctx, actor.userId);
    const member = await members.find(ctx, actor.userId);
    const workspace = await workspaces.find(ctx);
    if (!account || !member || !workspace) throw unauthorized();
    const key = actor.kind === 'api_key' && actor.id !== null ? await keys.find(ctx, actor.id) : null;
    const role = await this.#deps.roles.find(ctx, member.role);
    const others = await workspaces.memberships(ctx, actor.userId);
    const shown = key === null ? others : others.filter((other) => other.workspace_id === ctx.workspaceId);
    return {
      user: key === null ? { id: account.id, name: account.name, email: account.email } : null,
      apiKey: key === null ? null : { id: key.id, name: key.name, scopes: presentKey(key).scopes },
      role: member.role,
      hasPassword: account.has_password,
      workspace: presentWorkspace(workspace),
      workspaces: shown.map(({ workspace_id, slug, name }) => ({ id: workspace_id, slug, name })),
      quota: { usedBytes: member.used_bytes, limitBytes: member.quota_bytes },
      verbs: await this.#deps.permissions.workspaceVerbs(ctx),
      somewhere: await this.#somewhere(ctx),
      fields: { visible: [...(role?.visible ?? [])], editable: [...(role?.editable ?? [])] },
      limits: { uploadMaxBytes: this.#deps.uploadMaxBytes },
    };
  }

  /** The verbs one holds on any acl: what an app should offer to somebody whose rights are grants on folders. */
  async #somewhere(ctx: Ctx): Promise<Verb[]> {
    const held: Verb[] = [];
    for (const verb of VERBS) {
      const filter = await this.#deps.permissions.visible(ctx, verb);
      if (filter.all || filter.aclIds.length > 0) held.push(verb);
    }
    return held;
  }

  async rename(ctx: Ctx, name: string): Promise<MeDto> {
    const userId = this.#person(ctx);
    await this.#deps.changes.change(ctx, userId, async (inner) => {
      const before = await this.#deps.accounts.findById(inner, userId);
      await this.#deps.accounts.rename(inner, userId, name);
      const fact = { action: 'user.renamed', subjectKind: 'user', subjectId: userId, before: { name: before?.name }, after: { name } };
      await this.#deps.audit.record(inner, fact);
    });
    return this.me(ctx);
  }

  /**
   * Sets or changes one's password and ends the other sessions and unused links.
   * @param caller the session to keep, and the address that tries of a wrong current password are counted for
   * Errors: 403 `wrong_password`, 429 after too many of them.
   */
  async setPassword(
    ctx: Ctx,
    input: { newPassword: string; currentPassword?: string },
    caller: { sessionId: string | null; address: string },
  ): Promise<void> {
    const userId = this.#person(ctx);
    const { accounts, passwords } = this.#deps;
    const account = await accounts.findById(ctx, userId);
    if (!account) throw notFound();
    const known = await accounts.passwordHash(ctx, userId);
    if (known !== null) {
      await this.#deps.signIn.attempt(account.email, caller.address);
      if (!(await passwords.verify(known, input.currentPassword ?? ''))) throw wrongPassword();
      await this.#deps.signIn.succeeded(account.email, caller.address);
    }
    const hash = await passwords.hash(input.newPassword);
    await this.#deps.changes.change(ctx, userId, async (inner) => {
      await accounts.lock(inner, userId);
      // Changed by somebody else meanwhile: what was proven above no longer counts.
      if ((await accounts.passwordHash(inner, userId)) !== known) throw wrongPassword();
      await accounts.setPassword(inner, userId, hash);
      await accounts.deleteSessions(inner, userId, caller.sessionId);
      await accounts.deleteSignInLinks(inner, account.email);
      await this.#deps.audit.record(inner, { action: 'password.changed', subjectKind: 'user', subjectId: userId });
    });
  }

  #person(ctx: Ctx): string {
    if (ctx.actor.kind !== 'user' || ctx.actor.userId === null) throw notFound();
    return ctx.actor.userId;
  }
}
