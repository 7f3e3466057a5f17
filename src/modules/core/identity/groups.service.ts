import type { Ctx } from '../../../context.ts';
import { defineError, notFound, unprocessable } from '../../../errors.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { Permissions } from '../permissions/index.ts';
import type { GroupMembersDto, GroupDto } from './groups.schema.ts';
import type { GroupRow, GroupsRepository } from './groups.repository.ts';
import { isPerson } from './identity.policy.ts';

export const groupExists = defineError('group_exists', 409, 'There is a group of this name already');

/** Enough for every team of a large house; a list of them is one page. */
const MAX_GROUPS = 1000;

export interface GroupsDeps {
  readonly groups: GroupsRepository;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
}

/**
 * Groups of people. Everything here needs `manage` on the workspace and, for changes, a person. What a change takes away is gone at
 * the next request in every process.
 */
export class GroupsService {
  readonly #deps: GroupsDeps;

  constructor(deps: GroupsDeps) {
    this.#deps = deps;
  }

  async list(ctx: Ctx): Promise<{ items: GroupDto[] }> {
    await this.#deps.permissions.authorizeWorkspace(ctx, 'manage');
    return { items: (await this.#deps.groups.list(ctx)).map(present) };
  }

  /** Errors: 404. */
  async members(ctx: Ctx, id: string): Promise<GroupMembersDto> {
    await this.#deps.permissions.authorizeWorkspace(ctx, 'manage');
    if (!(await this.#deps.groups.find(ctx, id))) throw notFound();
    const rows = await this.#deps.groups.members(ctx, id);
    return { items: rows.map(({ user_id, name, email }) => ({ userId: user_id, name, email })) };
  }

  /** Errors: 409 `group_exists`, 422 when there are too many. */
  async create(ctx: Ctx, name: string): Promise<GroupDto> {
    return this.#change(ctx, async (inner) => {
      const given = await this.#deps.groups.count(inner);
      if (given >= MAX_GROUPS) {
        const extra = { limit: 'groups', given: given + 1, allowed: MAX_GROUPS };
        throw unprocessable({ detail: `A workspace may have ${MAX_GROUPS} groups.`, extra });
      }
      const id = await this.#deps.groups.insert(inner, name);
      if (id === null) throw groupExists();
      await this.#record(inner, 'group.created', id, { after: { name } });
      return present(await this.#mustFind(inner, id));
    });
  }

  /** Errors: 404, 409 `group_exists`. */
  async rename(ctx: Ctx, id: string, name: string): Promise<GroupDto> {
    return this.#change(ctx, async (inner) => {
      const before = await this.#mustFind(inner, id);
      if (!(await this.#deps.groups.rename(inner, id, name))) throw groupExists();
      await this.#record(inner, 'group.renamed', id, { before: { name: before.name }, after: { name } });
      return present(await this.#mustFind(inner, id));
    });
  }

  /** With everything granted to it, and everything kept from it. Errors: 404. */
  async remove(ctx: Ctx, id: string): Promise<void> {
    const { groups, permissions } = this.#deps;
    await this.#change(ctx, async (inner) => {
      const group = await this.#mustFind(inner, id);
      await permissions.grants.mayChangeGroup(inner, id, 'leaves');
      const members = (await groups.members(inner, id)).map((member) => member.user_id);
      await permissions.grants.removeOf(inner, { kind: 'group', id });
      await groups.delete(inner, id);
      await this.#record(inner, 'group.removed', id, { before: { name: group.name, members } });
    });
  }

  /** Nothing happens when the person is in it already. Errors: 404, also for somebody who is no member of the workspace. */
  async addMember(ctx: Ctx, id: string, userId: string): Promise<void> {
    const { groups, permissions } = this.#deps;
    await this.#change(ctx, async (inner) => {
      await this.#mustFind(inner, id);
      await permissions.grants.mustExist(inner, { kind: 'user', id: userId });
      await permissions.grants.mayChangeGroup(inner, id, 'joins');
      if (await groups.addMember(inner, id, userId)) await this.#record(inner, 'group.member_added', id, { after: { userId } });
    });
  }

  /** Errors: 404, also for somebody who is not in it. */
  async removeMember(ctx: Ctx, id: string, userId: string): Promise<void> {
    const { groups, permissions } = this.#deps;
    await this.#change(ctx, async (inner) => {
      await this.#mustFind(inner, id);
      await permissions.grants.mayChangeGroup(inner, id, 'leaves');
      if (!(await groups.removeMember(inner, id, userId))) throw notFound();
      await this.#record(inner, 'group.member_removed', id, { before: { userId } });
    });
  }

  async #change<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    if (!isPerson(ctx.actor)) throw notFound();
    await this.#deps.permissions.authorizeWorkspace(ctx, 'manage');
    return this.#deps.permissions.change(ctx, work);
  }

  async #mustFind(ctx: Ctx, id: string): Promise<GroupRow> {
    const group = await this.#deps.groups.findLocked(ctx, id);
    if (!group) throw notFound();
    return group;
  }

  #record(ctx: Ctx, action: string, id: string, change: { before?: Record<string, unknown>; after?: Record<string, unknown> }) {
    return this.#deps.audit.record(ctx, { action, subjectKind: 'group', subjectId: id, ...change });
  }
}

function present(row: GroupRow): GroupDto {
  return { id: row.id, name: row.name, members: row.members, createdAt: row.created_at.toISOString() };
}
