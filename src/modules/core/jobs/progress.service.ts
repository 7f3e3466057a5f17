import type { Ctx } from '../../../context.ts';
import type { Live } from '../live/index.ts';
import type { JobEntity } from './jobs.entity.ts';
import type { Direction, JobsRepository } from './jobs.repository.ts';

/** People see at most two steps a second, however small the items are. */
const EVERY_MS = 500;

/** Counts what is done and tells the person who started it. */
export class ProgressService {
  readonly #repository: JobsRepository;
  readonly #live: Live;
  readonly #reported = new Map<string, number>();

  constructor(repository: JobsRepository, live: Live) {
    this.#repository = repository;
    this.#live = live;
  }

  /** After each item; reports now and then. */
  async tick(ctx: Ctx, job: JobEntity): Promise<void> {
    const last = this.#reported.get(job.id) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - last >= EVERY_MS) await this.report(ctx, job);
  }

  async report(ctx: Ctx, job: JobEntity): Promise<void> {
    this.#reported.set(job.id, performance.now());
    const { done, failed } = await this.#repository.counts(ctx, job.id);
    await this.#repository.update(ctx, job.id, { done, failed });
    await this.#tell(ctx, job, { state: 'running', done, failed });
  }

  /** Writes the end. @param reason why nothing more could be done */
  async finish(ctx: Ctx, job: JobEntity, direction: Direction, reason: string | null): Promise<void> {
    this.#reported.delete(job.id);
    const { pending, done, failed, undone } = await this.#repository.counts(ctx, job.id);
    const state = direction === 'undo' ? undoneState(undone) : finalState(pending, done, failed, reason);
    const result = { ...job.result, ...(reason === null ? {} : { reason }), ...(direction === 'undo' ? { undone, kept: done } : {}) };
    await this.#repository.update(ctx, job.id, { state, done, failed, result, finishedAt: ctx.clock.now() });
    await this.#tell(ctx, job, { state, done, failed });
  }

  async #tell(ctx: Ctx, job: JobEntity, step: { state: string; done: number; failed: number }): Promise<void> {
    const userId = job.actorKind === 'user' ? job.actorId : null;
    if (userId === null) return;
    const data = { id: job.id, kind: job.kind, total: job.total, ...step };
    await this.#live.publish({ ...ctx, workspaceId: job.workspaceId }, 'job.progressed', data, { userId });
  }
}

function finalState(pending: number, done: number, failed: number, reason: string | null): JobEntity['state'] {
  if (reason !== null) return 'failed';
  if (pending > 0) return 'cancelled';
  return done === 0 && failed > 0 ? 'failed' : 'done';
}

/** Nothing could be undone: what was done stands. */
function undoneState(undone: number): JobEntity['state'] {
  return undone > 0 ? 'undone' : 'done';
}
