import type { Ctx } from '../../context.ts';
import type { Sql } from '../database/database.ts';
import { newId } from '../database/uuid.ts';
import type { EnqueueOptions, JobDef, JobQueue } from './queue.ts';

/** The writing side of the queue: a row in the caller's transaction, so a job exists if and only if its cause was committed. */
export class OutboxQueue implements JobQueue {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async enqueue<P>(ctx: Ctx, job: JobDef<P>, payload: P, options: EnqueueOptions = {}): Promise<void> {
    await this.enqueueMany(ctx, job, [payload], options);
  }

  async enqueueMany<P>(ctx: Ctx, job: JobDef<P>, payloads: readonly P[], options: EnqueueOptions = {}): Promise<void> {
    if (payloads.length === 0) return;
    const rows = payloads.map((payload) => ({ id: newId(), payload: job.payload.parse(payload) }));
    await this.#sql.query(
      ctx,
      `insert into outbox (id, workspace_id, topic, subject, payload, available_at)
       select (r->>'id')::uuid, $2, $3, $4, r->'payload', now() + $5 * interval '1 millisecond'
       from jsonb_array_elements($1::jsonb) r`,
      [JSON.stringify(rows), ctx.workspaceId, job.name, options.subject ?? null, options.delayMs ?? 0],
    );
  }
}
