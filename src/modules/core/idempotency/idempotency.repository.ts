import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { Reply } from '../../../platform/http/route.ts';

export interface KeyedCall {
  readonly actor: string;
  readonly key: string;
  /** Operation id. */
  readonly route: string;
  readonly bodyHash: string;
}

export interface AnsweredCall {
  readonly route: string;
  readonly bodyHash: string;
  readonly reply: Reply | null;
}

export class IdempotencyRepository extends BaseRepository {
  /**
   * Takes the key for this transaction, waiting for another that holds it. False when it was used at or after `since`.
   */
  async take(ctx: Ctx, call: KeyedCall, since: Date): Promise<boolean> {
    const taken = await this.execute(
      ctx,
      `insert into idempotency (workspace_id, actor, key, route, body_hash, created_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (workspace_id, actor, key) do update
         set route = excluded.route, body_hash = excluded.body_hash, reply = null, created_at = excluded.created_at
         where idempotency.created_at < $7`,
      [ctx.workspaceId, call.actor, call.key, call.route, call.bodyHash, ctx.clock.now(), since],
    );
    return taken === 1;
  }

  async keep(ctx: Ctx, call: KeyedCall, reply: Reply | undefined): Promise<void> {
    await this.execute(ctx, 'update idempotency set reply = $4 where workspace_id = $1 and actor = $2 and key = $3', [
      ctx.workspaceId,
      call.actor,
      call.key,
      reply === undefined ? null : JSON.stringify(reply),
    ]);
  }

  async find(ctx: Ctx, call: KeyedCall): Promise<AnsweredCall | null> {
    return this.one<AnsweredCall>(
      ctx,
      'select route, body_hash as "bodyHash", reply from idempotency where workspace_id = $1 and actor = $2 and key = $3',
      [ctx.workspaceId, call.actor, call.key],
    );
  }

  async prune(ctx: Ctx, before: Date): Promise<void> {
    await this.execute(ctx, 'delete from idempotency where created_at < $1', [before]);
  }
}
