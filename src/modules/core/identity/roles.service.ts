import { BUILT_IN_ROLES, type Ctx, type Role } from '../../../context.ts';
import { defineError, invalidRequest, notFound } from '../../../errors.ts';
import type { AuditLog } from '../audit-log/index.ts';
import { isBuiltInRole, maskOf, type Permissions, rightsOf, scopesOfVerbs, verbsOf } from '../permissions/index.ts';
import type { IdentityChanges } from './changes.service.ts';
import { BUILT_IN_NAMES, isPerson } from './identity.policy.ts';
import type { NewRole, RoleDto, RolePatch } from './roles.schema.ts';
import type { RoleRow, RolesRepository } from './roles.repository.ts';

export const roleExists = defineError('role_exists', 409, 'There is a role of this key already');
export const roleInUse = defineError('role_in_use', 409, 'People have this role; give them another one first');
export const roleBuiltIn = defineError('role_built_in', 409, 'Built-in roles stay as they are');
export const unknownRole = defineError('unknown_role', 422, 'There is no such role');
export const roleTooWide = defineError('role_too_wide', 422, 'Nobody gives or takes what they may not do themselves');

export interface RolesDeps {
  readonly roles: RolesRepository;
  readonly changes: IdentityChanges;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
}

/** The roles of a workspace. Everything here needs `manage` on it and, for changes, a person, who holds every verb of the role. */
export class RolesService {
  readonly #deps: RolesDeps;

  constructor(deps: RolesDeps) {
    this.#deps = deps;
  }

  /** Built-in ones first. */
  async list(ctx: Ctx): Promise<{ items: RoleDto[] }> {
    await this.#deps.permissions.authorizeWorkspace(ctx, 'manage');
    const holders = await this.#deps.roles.holders(ctx);
    const roles = [...BUILT_IN_ROLES.map(builtIn), ...(await this.#deps.roles.list(ctx))];
    return { items: roles.map((role) => present(role, holders)) };
  }

  /** The role of this key; null when there is none. */
  async find(ctx: Ctx, key: Role): Promise<RoleRow | null> {
    return isBuiltInRole(key) ? builtIn(key) : this.#deps.roles.find(ctx, key);
  }

  /** Errors: 409 `role_exists`, 422 `role_too_wide`. */
  create(ctx: Ctx, input: NewRole): Promise<RoleDto> {
    return this.#change(ctx, async (inner) => {
      const role = checked({ ...input, verbs: maskOf(input.verbs) });
      await this.#mustHold(inner, role);
      if (isBuiltInRole(role.key) || !(await this.#deps.roles.insert(inner, role))) throw roleExists();
      await this.#record(inner, 'role.created', role.key, { after: fact(role) });
      return present(role, new Map());
    });
  }

  /** What its people may do changes at their next request. Errors: 404, 409 for a built-in one, 422 `role_too_wide`. */
  update(ctx: Ctx, key: string, patch: RolePatch): Promise<RoleDto> {
    return this.#change(ctx, async (inner) => {
      const before = await this.#mustFind(inner, key);
      await this.#mustHold(inner, before);
      const after = checked({ ...before, ...patch, verbs: patch.verbs === undefined ? before.verbs : maskOf(patch.verbs) });
      await this.#mustHold(inner, after);
      await this.#deps.roles.update(inner, after);
      await this.#record(inner, 'role.changed', key, { before: fact(before), after: fact(after) });
      return present(after, await this.#deps.roles.holders(inner));
    });
  }

  /** Errors: 404, 409 `role_in_use`, 409 for a built-in one. */
  async remove(ctx: Ctx, key: string): Promise<void> {
    await this.#change(ctx, async (inner) => {
      const role = await this.#mustFind(inner, key);
      await this.#mustHold(inner, role);
      const members = (await this.#deps.roles.holders(inner)).get(key) ?? 0;
      if (members > 0) throw roleInUse({ detail: `${members} people have it.`, extra: { members } });
      await this.#deps.roles.delete(inner, key);
      await this.#record(inner, 'role.removed', key, { before: fact(role) });
    });
  }

  /**
   * Whether the actor may make somebody this role, or take it from them: only who holds all of it may, and only an administrator
   * makes and unmakes administrators. The role stays as it is until the transaction ends.
   * Errors: 422 `unknown_role`, 422 `role_too_wide`.
   */
  async mayGive(ctx: Ctx, key: Role): Promise<void> {
    const role = isBuiltInRole(key) ? builtIn(key) : await this.#deps.roles.findLocked(ctx, key, 'give');
    if (!role) throw unknownRole({ detail: `There is no role "${key}".` });
    if (key === 'admin' && ctx.actor.kind !== 'system' && ctx.actor.role !== 'admin') throw roleTooWide();
    await this.#mustHold(ctx, role);
  }

  async #mustHold(ctx: Ctx, role: RoleRow): Promise<void> {
    const own = maskOf(await this.#deps.permissions.workspaceVerbs(ctx));
    const beyond = verbsOf(role.verbs & ~own);
    if (beyond.length > 0) throw roleTooWide({ detail: `You may not do yourself: ${beyond.join(', ')}.`, extra: { beyond } });
  }

  async #mustFind(ctx: Ctx, key: string): Promise<RoleRow> {
    if (isBuiltInRole(key)) throw roleBuiltIn();
    const role = await this.#deps.roles.findLocked(ctx, key, 'change');
    if (!role) throw notFound();
    return role;
  }

  async #change<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    if (!isPerson(ctx.actor)) throw notFound();
    await this.#deps.permissions.authorizeWorkspace(ctx, 'manage');
    return this.#deps.changes.change(ctx, '*', work);
  }

  #record(ctx: Ctx, action: string, key: string, change: { before?: Record<string, unknown>; after?: Record<string, unknown> }) {
    return this.#deps.audit.record(ctx, { action, subjectKind: 'role', subjectId: key, ...change });
  }
}

function builtIn(key: (typeof BUILT_IN_ROLES)[number]): RoleRow {
  return { key, name: BUILT_IN_NAMES[key], ...rightsOf(key) };
}

/** Classes once each, and nothing to fill that is not to be seen. */
function checked(role: RoleRow): RoleRow {
  const visible = [...new Set(role.visible)];
  const editable = [...new Set(role.editable)];
  const blind = editable.filter((name) => !visible.includes(name));
  if (blind.length > 0) throw invalidRequest(`Fields that are not seen cannot be filled: ${blind.join(', ')}.`);
  return { key: role.key, name: role.name, verbs: role.verbs, visible, editable };
}

function present(role: RoleRow, holders: ReadonlyMap<string, number>): RoleDto {
  return {
    key: role.key,
    name: role.name,
    builtIn: isBuiltInRole(role.key),
    verbs: verbsOf(role.verbs),
    scopes: scopesOfVerbs(role.verbs),
    fields: { visible: [...role.visible], editable: [...role.editable] },
    members: holders.get(role.key) ?? 0,
  };
}

function fact(role: RoleRow): Record<string, unknown> {
  return { name: role.name, verbs: verbsOf(role.verbs), visible: role.visible, editable: role.editable };
}
