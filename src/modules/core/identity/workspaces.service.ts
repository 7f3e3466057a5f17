import type { Ctx } from '../../../context.ts';
import { invalidRequest, notFound } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { Permissions } from '../permissions/index.ts';
import type { WorkspaceSettings } from './identity.entity.ts';
import { presentWorkspace } from './identity.presenters.ts';
import type { WorkspaceDto, WorkspacePatch } from './identity.schema.ts';
import type { WorkspacesRepository } from './workspaces.repository.ts';

export interface WorkspacesDeps {
  readonly workspaces: WorkspacesRepository;
  readonly transactions: TransactionRunner;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
}

/** The workspace's own settings. */
export class WorkspacesService {
  readonly #deps: WorkspacesDeps;

  constructor(deps: WorkspacesDeps) {
    this.#deps = deps;
  }

  async get(ctx: Ctx): Promise<WorkspaceDto> {
    await this.#deps.permissions.authorizeWorkspace(ctx, 'list');
    const workspace = await this.#deps.workspaces.find(ctx);
    if (!workspace) throw notFound();
    return presentWorkspace(workspace);
  }

  /** Errors: 400 for a time zone, currency or language that does not exist. */
  async update(ctx: Ctx, patch: WorkspacePatch): Promise<WorkspaceDto> {
    await this.#deps.permissions.authorizeWorkspace(ctx, 'manage');
    return this.#deps.transactions.run(ctx, async (inner) => {
      const before = await this.#deps.workspaces.findLocked(inner);
      if (!before) throw notFound();
      const settings = { ...before.settings, ...patch.settings };
      checkSettings(settings);
      await this.#deps.workspaces.update(inner, { ...patch, settings });
      const { name, quotaBytes, personQuotaBytes } = before;
      await this.#deps.audit.record(inner, {
        action: 'workspace.changed',
        subjectKind: 'workspace',
        subjectId: inner.workspaceId,
        before: { name, quotaBytes, personQuotaBytes, settings: before.settings },
        after: { ...patch },
      });
      const after = await this.#deps.workspaces.find(inner);
      if (!after) throw notFound();
      return presentWorkspace(after);
    });
  }

  /** The id of the workspace that command-line verbs work in: the one with this slug, else the first. Null = none yet. */
  async resolve(ctx: Ctx): Promise<string | null> {
    return (await this.#deps.workspaces.first(ctx))?.id ?? null;
  }
}

/** The zone, currency and language must be ones that this machine can use. */
export function checkSettings(settings: WorkspaceSettings): void {
  try {
    new Intl.DateTimeFormat(settings.locale, { timeZone: settings.timeZone });
    new Intl.NumberFormat(settings.locale, { style: 'currency', currency: settings.currency });
  } catch (error) {
    throw invalidRequest({
      detail: `These settings do not exist: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
}
