import { createHash } from 'node:crypto';
import type { Ctx } from '../../../context.ts';
import { conflict, idempotencyMismatch } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { Reply } from '../../../platform/http/route.ts';
import type { IdempotencyRepository } from './idempotency.repository.ts';

/** How long a key answers for its first call, ms. */
export const KEPT_MS = 24 * 3_600_000;

export interface KeyedRequest {
  readonly key: string;
  /** Operation id. */
  readonly route: string;
  /** Path parameters, query and body as validated. */
  readonly input: unknown;
}

export interface OnceReply {
  readonly reply: Reply | undefined;
  /** Answered from memory; nothing was done. */
  readonly replayed: boolean;
}

/** Calls that may be sent twice: the answer is written in the transaction of the effect, so that there is both or neither. */
export class IdempotencyService {
  private readonly repository: IdempotencyRepository;
  private readonly transactions: TransactionRunner;

  constructor(repository: IdempotencyRepository, transactions: TransactionRunner) {
    this.repository = repository;
    this.transactions = transactions;
  }

  /**
   * Runs `work` in a transaction of its own unless this actor has used the key within a day; a call that runs at the same time is
   * waited for. Work that throws leaves no trace, so that it may be tried again with the same key.
   * @throws idempotency_mismatch when the key was used for another call
   */
  async once(ctx: Ctx, request: KeyedRequest, work: (ctx: Ctx) => Promise<Reply | undefined>): Promise<OnceReply> {
    const bodyHash = createHash('sha256').update(JSON.stringify(request.input)).digest('hex');
    const call = { actor: `${ctx.actor.kind}:${ctx.actor.id}`, key: request.key, route: request.route, bodyHash };
    return this.transactions.run(ctx, async (inside) => {
      if (await this.repository.take(inside, call, new Date(ctx.clock.now().getTime() - KEPT_MS))) {
        const reply = await work(inside);
        await this.repository.keep(inside, call, reply);
        return { reply, replayed: false };
      }
      const known = await this.repository.find(inside, call);
      if (!known) throw conflict('This Idempotency-Key ran out a moment ago. Use another one.');
      if (known.route !== call.route || known.bodyHash !== call.bodyHash) throw idempotencyMismatch();
      return { reply: known.reply ?? undefined, replayed: true };
    });
  }
}
