import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';
import { JobEntity, JobItemEntity } from './jobs.entity.ts';

export interface NewJob {
  readonly kind: string;
  readonly params: Record<string, unknown>;
  readonly keys: readonly string[];
  readonly undoable: boolean;
}

export type JobChange = Partial<Omit<JobEntity, 'params'>>;

export interface Counts {
  readonly pending: number;
  readonly done: number;
  readonly failed: number;
  readonly undone: number;
}

export interface ClaimedItem {
  readonly key: string;
  readonly undo: Record<string, unknown> | null;
}

/** The items a run still has to look at: forwards for doing, backwards for undoing. */
const OPEN = {
  do: { where: `state = 'pending'`, order: 'position' },
  undo: { where: `state = 'done' and undo is not null`, order: 'position desc' },
} as const;
export type Direction = keyof typeof OPEN;

export class JobsRepository extends BaseRepository {
  async insert(ctx: Ctx, job: NewJob): Promise<string> {
    const id = newId();
    const empty = job.keys.length === 0;
    const now = ctx.clock.now();
    await this.execute(
      ctx,
      `insert into job (id, workspace_id, kind, actor_kind, actor_id, state, total, undoable, params, created_at, finished_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[id, ctx.workspaceId, job.kind, ctx.actor.kind, ctx.actor.id, empty ? 'done' : 'queued', job.keys.length, job.undoable],
        ...[JSON.stringify(job.params), now, empty ? now : null],
      ],
    );
    await this.execute(
      ctx,
      `insert into job_item (job_id, position, key, state)
       select $1, k.position, k.key, 'pending' from unnest($2::text[]) with ordinality as k (key, position)`,
      [id, job.keys],
    );
    return id;
  }

  /** In the caller's workspace, or in any when there is none (the queue knows ids only). */
  find(ctx: Ctx, id: string): Promise<JobEntity | null> {
    return this.manager(ctx).findOneBy(JobEntity, ctx.workspaceId === '' ? { id } : { id, workspaceId: ctx.workspaceId });
  }

  findLocked(ctx: Ctx, id: string): Promise<JobEntity | null> {
    return this.manager(ctx).findOne(JobEntity, { where: { id, workspaceId: ctx.workspaceId }, lock: { mode: 'pessimistic_write' } });
  }

  list(ctx: Ctx, limit: number): Promise<JobEntity[]> {
    return this.manager(ctx).find(JobEntity, {
      where: { workspaceId: ctx.workspaceId, actorKind: ctx.actor.kind, actorId: ctx.actor.id ?? '' },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: limit,
    });
  }

  troubles(ctx: Ctx, jobId: string, limit: number): Promise<JobItemEntity[]> {
    return this.manager(ctx)
      .createQueryBuilder(JobItemEntity, 'i')
      .where(`i.jobId = :jobId and (i.state in ('failed', 'skipped') or i.reason is not null)`, { jobId })
      .orderBy('i.position')
      .limit(limit)
      .getMany();
  }

  async update(ctx: Ctx, id: string, change: JobChange): Promise<void> {
    const { result, ...rest } = change;
    // The result first: who sees that a job has ended sees what came of it.
    if (result) await this.execute(ctx, 'update job set result = $2 where id = $1', [id, JSON.stringify(result)]);
    if (Object.keys(rest).length > 0) await this.manager(ctx).update(JobEntity, { id }, rest);
  }

  async open(ctx: Ctx, jobId: string, direction: Direction, limit: number): Promise<number[]> {
    const { where, order } = OPEN[direction];
    const rows = await this.query<{ position: number }>(
      ctx,
      `select position from job_item where job_id = $1 and ${where} order by ${order} limit $2`,
      [jobId, limit],
    );
    return rows.map((row) => row.position);
  }

  /** Locks an item that is still open; null when another run has it, it is done, or the job was cancelled. */
  claim(ctx: Ctx, jobId: string, position: number, direction: Direction): Promise<ClaimedItem | null> {
    const { where } = OPEN[direction];
    return this.one<ClaimedItem>(
      ctx,
      `select key, undo from job_item
        where job_id = $1 and position = $2 and ${where}
          and ($3 or not (select cancel_requested from job where id = $1))
        for update skip locked`,
      [jobId, position, direction === 'undo'],
    );
  }

  async finishItem(
    ctx: Ctx,
    jobId: string,
    position: number,
    item: { state: JobItemEntity['state']; reason?: string | null; undo?: Record<string, unknown> | null },
  ): Promise<void> {
    await this.execute(ctx, 'update job_item set state = $3, reason = $4, undo = $5 where job_id = $1 and position = $2', [
      jobId,
      position,
      item.state,
      item.reason ?? null,
      item.undo ? JSON.stringify(item.undo) : null,
    ]);
  }

  async counts(ctx: Ctx, jobId: string): Promise<Counts> {
    const row = await this.one<Counts>(
      ctx,
      `select count(*) filter (where state = 'pending')::int as pending,
              count(*) filter (where state in ('done', 'skipped'))::int as done,
              count(*) filter (where state = 'failed')::int as failed,
              count(*) filter (where state = 'undone')::int as undone
         from job_item where job_id = $1`,
      [jobId],
    );
    return row ?? { pending: 0, done: 0, failed: 0, undone: 0 };
  }

  async isCancelled(ctx: Ctx, jobId: string): Promise<boolean> {
    return (await this.one<{ c: boolean }>(ctx, 'select cancel_requested as c from job where id = $1', [jobId]))?.c ?? true;
  }

  async prune(ctx: Ctx, before: Date): Promise<number> {
    return this.execute(ctx, `delete from job where created_at < $1 and state not in ('queued', 'running')`, [before]);
  }
}
