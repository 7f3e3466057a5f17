import type { Ctx } from '../../../context.ts';
import { defineError, notFound } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { JobQueue } from '../../../platform/queue/queue.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { JobEntity, JobItemEntity } from './jobs.entity.ts';
import type { JobKinds } from './jobs.kinds.ts';
import type { RunJob } from './jobs.jobs.ts';
import type { JobsRepository, NewJob } from './jobs.repository.ts';
import type { JobDto } from './jobs.schema.ts';

export const notUndoable = defineError('not_undoable', 409, 'This cannot be undone, or not any more');

const UNDO_DAYS = 30;
const TROUBLES = 100;

export interface JobsDeps {
  readonly repository: JobsRepository;
  readonly transactions: TransactionRunner;
  readonly queue: JobQueue;
  readonly kinds: JobKinds;
  readonly audit: AuditLog;
  readonly runJob: RunJob;
}

/** Long work: started, watched, cancelled and undone by whoever it belongs to. */
export class JobsService {
  readonly #deps: JobsDeps;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /** Writes the job, its items and the outbox row in one transaction (or in the caller's). @returns the job's id */
  start(ctx: Ctx, job: NewJob): Promise<string> {
    this.#deps.kinds.get(job.kind);
    return this.#deps.transactions.run(ctx, async (inner) => {
      const id = await this.#deps.repository.insert(inner, job);
      const after = { kind: job.kind, items: job.keys.length };
      await this.#deps.audit.record(inner, { action: 'job.started', subjectKind: 'job', subjectId: id, after });
      if (job.keys.length > 0) await this.#deps.queue.enqueue(inner, this.#deps.runJob, { jobId: id }, { subject: id });
      return id;
    });
  }

  /** The caller's newest. */
  async list(ctx: Ctx): Promise<{ items: JobDto[] }> {
    return { items: (await this.#deps.repository.list(ctx, 50)).map((job) => present(job)) };
  }

  async get(ctx: Ctx, id: string): Promise<JobDto> {
    const job = own(ctx, await this.#deps.repository.find(ctx, id));
    return present(job, await this.#deps.repository.troubles(ctx, id, TROUBLES));
  }

  /** Ends after the item at hand; what is done stays done. Cancelling what has ended changes nothing. */
  async cancel(ctx: Ctx, id: string): Promise<JobDto> {
    await this.#deps.transactions.run(ctx, async (inner) => {
      const job = own(inner, await this.#deps.repository.findLocked(inner, id));
      const open = job.state === 'queued' || job.state === 'running';
      if (!open || job.cancelRequested || job.undoRequestedAt !== null) return;
      await this.#deps.repository.update(inner, id, { cancelRequested: true });
      await this.#deps.audit.record(inner, { action: 'job.cancelled', subjectKind: 'job', subjectId: id });
    });
    return this.get(ctx, id);
  }

  /** Undoes item by item, as the caller. Errors: 409 `not_undoable` while it runs, twice, after 30 days. */
  async undo(ctx: Ctx, id: string): Promise<string> {
    return this.#deps.transactions.run(ctx, async (inner) => {
      const job = own(inner, await this.#deps.repository.findLocked(inner, id));
      if (!canUndo(job, inner.clock.now())) throw notUndoable();
      await this.#deps.repository.update(inner, id, {
        state: 'queued',
        finishedAt: null,
        undoActorKind: inner.actor.kind,
        undoActorId: inner.actor.id,
        undoRequestedAt: inner.clock.now(),
      });
      await this.#deps.audit.record(inner, { action: 'job.undone', subjectKind: 'job', subjectId: id });
      await this.#deps.queue.enqueue(inner, this.#deps.runJob, { jobId: id }, { subject: id });
      return id;
    });
  }
}

/** Whoever started it, and administrators; for everybody else it does not exist. */
function own(ctx: Ctx, job: JobEntity | null): JobEntity {
  const mine = job !== null && job.actorKind === ctx.actor.kind && job.actorId === ctx.actor.id;
  const admin = ctx.actor.role === 'admin' && ctx.actor.scopes === null;
  if (job === null || !(mine || admin)) throw notFound();
  return job;
}

function canUndo(job: JobEntity, now: Date): boolean {
  const ended = job.state === 'done' || job.state === 'cancelled' || job.state === 'failed';
  if (!job.undoable || !ended || job.undoRequestedAt !== null || job.finishedAt === null) return false;
  return now.getTime() - job.finishedAt.getTime() < UNDO_DAYS * 86_400_000;
}

function present(job: JobEntity, items?: readonly JobItemEntity[]): JobDto {
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    total: job.total,
    done: job.done,
    failed: job.failed,
    cancelRequested: job.cancelRequested,
    undoable: job.undoable && job.undoRequestedAt === null,
    result: job.result,
    createdAt: job.createdAt.toISOString(),
    finishedAt: job.finishedAt?.toISOString() ?? null,
    ...(items === undefined ? {} : { items: items.map(({ key, state, reason }) => ({ key, state, reason })) }),
  };
}
