import { type Actor, type Ctx, SYSTEM } from '../../../context.ts';
import { DamsonError, notFound } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { Log } from '../../../platform/log.ts';
import type { JobEntity } from './jobs.entity.ts';
import type { JobKinds } from './jobs.kinds.ts';
import type { ClaimedItem, Direction, JobsRepository } from './jobs.repository.ts';
import type { ProgressService } from './progress.service.ts';

/** A turn ends after this long and the rest is queued again: other jobs get theirs, and no deadline is near. */
const TURN_MS = 30_000;
const BATCH = 100;

export interface RunnerDeps {
  readonly repository: JobsRepository;
  readonly transactions: TransactionRunner;
  readonly kinds: JobKinds;
  readonly progress: ProgressService;
  readonly log: Log;
  actorOf(workspaceId: string, principal: { kind: string; id: string }): Promise<Actor | null>;
}

/** Works the items of a job: each in its own transaction, skipping what an earlier run has finished. */
export class RunnerService {
  readonly #deps: RunnerDeps;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
  }

  /** One turn. @returns whether items are left. Errors: what would fail every item, e.g. 503; the queue tries again. */
  async turn(ctx: Ctx, jobId: string): Promise<boolean> {
    const job = await this.#deps.repository.find(ctx, jobId);
    if (!job || (job.state !== 'queued' && job.state !== 'running')) return false;
    const direction: Direction = job.undoRequestedAt === null ? 'do' : 'undo';
    const acting = await this.#actingCtx(ctx, job, direction);
    if (acting === null) {
      await this.#deps.progress.finish(ctx, job, direction, 'The person who started this is no longer a member.');
      return false;
    }
    if (job.state === 'queued') await this.#deps.repository.update(ctx, jobId, { state: 'running' });
    const left = await this.#work(acting, job, direction);
    if (left) await this.#deps.progress.report(ctx, job);
    else await this.#deps.progress.finish(ctx, job, direction, null);
    return left;
  }

  async #work(ctx: Ctx, job: JobEntity, direction: Direction): Promise<boolean> {
    const { repository, progress } = this.#deps;
    const end = performance.now() + TURN_MS;
    for (;;) {
      const positions = await repository.open(ctx, job.id, direction, BATCH);
      if (positions.length === 0) return false;
      let claimed = 0;
      for (const position of positions) {
        if (direction === 'do' && (await repository.isCancelled(ctx, job.id))) return false;
        if (performance.now() > end || ctx.signal.aborted) return true;
        if (await this.#item(ctx, job, position, direction)) claimed += 1;
        await progress.tick(ctx, job);
      }
      // Everything is held by another run of the same job: leave it to that one, look again later.
      if (claimed === 0) return true;
    }
  }

  /** False when the item was not ours to do. */
  async #item(ctx: Ctx, job: JobEntity, position: number, direction: Direction): Promise<boolean> {
    const { repository, transactions } = this.#deps;
    let item: ClaimedItem | null = null;
    try {
      return await transactions.run(ctx, async (inner) => {
        item = await repository.claim(inner, job.id, position, direction);
        if (item === null) return false;
        await this.#effect(inner, job, position, item, direction);
        return true;
      });
    } catch (error) {
      if (item === null || (error instanceof DamsonError && error.status === 503)) throw error;
      const reason = reasonOf(error);
      if (reason === null) this.#deps.log.error({ err: error, jobId: job.id, kind: job.kind, position }, 'an item of a job failed');
      await repository.finishItem(ctx, job.id, position, {
        state: direction === 'do' ? 'failed' : 'done',
        reason: reason ?? 'Something went wrong on our side.',
      });
      return true;
    }
  }

  async #effect(ctx: Ctx, job: JobEntity, position: number, item: ClaimedItem, direction: Direction): Promise<void> {
    const kind = this.#deps.kinds.get(job.kind);
    if (direction === 'do') {
      const result = await kind.handleItem(ctx, item.key, job.params);
      const undo = job.undoable && result.undo ? { ...result.undo } : null;
      const state = result.skipped === undefined ? 'done' : 'skipped';
      return this.#deps.repository.finishItem(ctx, job.id, position, { state, reason: result.skipped ?? null, undo });
    }
    if (!kind.undoItem) throw notFound('This kind of work cannot be undone.');
    await kind.undoItem(ctx, item.key, item.undo ?? {});
    await this.#deps.repository.finishItem(ctx, job.id, position, { state: 'undone' });
  }

  /** Acts as whoever asked, with what they may do now. */
  async #actingCtx(ctx: Ctx, job: JobEntity, direction: Direction): Promise<Ctx | null> {
    const kind = direction === 'do' ? job.actorKind : (job.undoActorKind ?? '');
    const id = direction === 'do' ? job.actorId : job.undoActorId;
    const actor = kind === 'system' ? SYSTEM : id === null ? null : await this.#deps.actorOf(job.workspaceId, { kind, id });
    return actor === null ? null : { ...ctx, actor, workspaceId: job.workspaceId, requestId: `job-${job.id}` };
  }
}

/** What may be told of a failure; null for a defect. */
function reasonOf(error: unknown): string | null {
  return error instanceof DamsonError ? (error.detail ?? error.title) : null;
}
