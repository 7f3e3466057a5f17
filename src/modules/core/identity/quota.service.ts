import type { Ctx } from '../../../context.ts';
import { defineError } from '../../../errors.ts';
import type { MembersRepository } from './members.repository.ts';
import type { WorkspacesRepository } from './workspaces.repository.ts';

export const quotaExceeded = defineError('quota_exceeded', 413, 'The quota is used up');

/** Bytes that uploads now running have announced and that `used` does not hold yet. */
export interface Reserved {
  readonly workspace: number;
  readonly person: number;
}

export interface QuotaDeps {
  readonly workspaces: WorkspacesRepository;
  readonly members: MembersRepository;
  reserved(ctx: Ctx): Promise<Reserved>;
}

export class QuotaService {
  readonly #deps: QuotaDeps;

  constructor(deps: QuotaDeps) {
    this.#deps = deps;
  }

  /**
   * Whether `bytes` more would fit beside what is stored and what is on its way; asked when an upload begins. The true
   * guard is `add`. Errors: 413 `quota_exceeded` with `of`, `used`, `limit` in bytes.
   */
  async check(ctx: Ctx, bytes: number): Promise<void> {
    const { userId } = ctx.actor;
    const workspace = await this.#deps.workspaces.find(ctx);
    const member = userId === null ? null : await this.#deps.members.find(ctx, userId);
    const limits = [workspace?.quotaBytes ?? null, member?.quota_bytes ?? null];
    if (limits.every((limit) => limit === null)) return;
    const reserved = await this.#deps.reserved(ctx);
    const asked = Math.max(0, bytes);
    refuse('workspace', (workspace?.usedBytes ?? 0) + reserved.workspace, asked, workspace?.quotaBytes ?? null);
    refuse('person', (member?.used_bytes ?? 0) + reserved.person, asked, member?.quota_bytes ?? null);
  }

  /**
   * Counts stored bytes, in `ctx.trx` and late in it: the workspace's row stays locked until the commit. Negative bytes give
   * back. @param userId whose bytes they are; null = nobody's, or somebody who has left
   * Errors: 413 `quota_exceeded`, nothing is counted then.
   */
  async add(ctx: Ctx, userId: string | null, bytes: number): Promise<void> {
    const whole = Math.trunc(bytes);
    if (whole === 0) return;
    if (!(await this.#deps.workspaces.addUsed(ctx, whole))) {
      const workspace = await this.#deps.workspaces.find(ctx);
      throw exceeded('workspace', workspace?.usedBytes ?? 0, workspace?.quotaBytes ?? 0);
    }
    if (userId === null || (await this.#deps.members.addUsed(ctx, userId, whole))) return;
    const member = await this.#deps.members.find(ctx, userId);
    if (member) throw exceeded('person', member.used_bytes, member.quota_bytes ?? 0);
  }
}

function refuse(of: 'workspace' | 'person', used: number, bytes: number, limit: number | null): void {
  if (limit !== null && used + bytes > limit) throw exceeded(of, used, limit);
}

function exceeded(of: 'workspace' | 'person', used: number, limit: number) {
  const whose = of === 'workspace' ? 'of the workspace' : 'of this person';
  return quotaExceeded({ detail: `The quota ${whose} is ${limit} bytes; ${used} are used.`, extra: { of, used, limit } });
}
