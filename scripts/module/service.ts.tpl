import type { Ctx } from '../../../context.ts';
import { notFound } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { AuditLog } from '{{core}}/audit-log/index.ts';
import type { Permissions } from '{{core}}/permissions/index.ts';
import type { {{Item}}Created } from './{{name}}.events.ts';
import { {{item}}Actions } from './{{name}}.policy.ts';
import type { {{Item}}Row, {{Items}}Repository } from './{{name}}.repository.ts';

const TRASH_DAYS = 30;

export interface {{Items}}Deps {
  readonly repository: {{Items}}Repository;
  readonly transactions: TransactionRunner;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
  readonly onCreated: (ctx: Ctx, event: {{Item}}Created) => Promise<void>;
}

export class {{Items}}Service {
  private readonly deps: {{Items}}Deps;

  constructor(deps: {{Items}}Deps) {
    this.deps = deps;
  }

  /** Newest first. */
  async list(ctx: Ctx, query: { cursor?: string; limit: number }): Promise<{ items: {{Item}}Row[]; nextCursor: string | null }> {
    await this.deps.permissions.authorizeWorkspace(ctx, {{item}}Actions.list);
    const rows = await this.deps.repository.page(ctx, { before: query.cursor, limit: query.limit + 1 });
    const items = rows.slice(0, query.limit);
    return { items, nextCursor: rows.length > query.limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** @throws not_found also when the actor may not read it */
  async read(ctx: Ctx, id: string): Promise<{{Item}}Row> {
    await this.deps.permissions.authorizeWorkspace(ctx, {{item}}Actions.read);
    const row = await this.deps.repository.byId(ctx, id);
    if (!row) throw notFound();
    return row;
  }

  async create(ctx: Ctx, values: { name: string }): Promise<{{Item}}Row> {
    await this.deps.permissions.authorizeWorkspace(ctx, {{item}}Actions.create);
    return this.deps.transactions.run(ctx, async (inner) => {
      const row = await this.deps.repository.insert(inner, values);
      await this.deps.audit.record(inner, { action: '{{table}}.create', subjectKind: '{{table}}', subjectId: row.id, after: { name: row.name } });
      await this.deps.onCreated(inner, { id: row.id, name: row.name });
      return row;
    });
  }

  /** To the trash. */
  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.deps.permissions.authorizeWorkspace(ctx, {{item}}Actions.remove);
    await this.deps.transactions.run(ctx, async (inner) => {
      if (!(await this.deps.repository.trash(inner, id))) throw notFound();
      await this.deps.audit.record(inner, { action: '{{table}}.delete', subjectKind: '{{table}}', subjectId: id });
    });
  }

  /** Empties the trash of what has lain there for 30 days; called by the daily job, which acts for the system. */
  purge(ctx: Ctx): Promise<number> {
    return this.deps.repository.purge(ctx, new Date(ctx.clock.now().getTime() - TRASH_DAYS * 86_400_000));
  }
}
