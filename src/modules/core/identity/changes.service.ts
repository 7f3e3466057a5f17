import type { Ctx } from '../../../context.ts';
import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import type { ActorsService } from './actors.service.ts';

const CHANNEL = 'identity_changed';

/** Tells every process to forget what it believes about a person; this one at once after the commit. */
export class IdentityChanges {
  readonly #notifications: Notifications;
  readonly #transactions: TransactionRunner;
  readonly #actors: ActorsService;

  constructor(notifications: Notifications, transactions: TransactionRunner, actors: ActorsService) {
    this.#notifications = notifications;
    this.#transactions = transactions;
    this.#actors = actors;
  }

  async start(): Promise<void> {
    this.#notifications.onGap(() => this.#actors.forgetAll());
    await this.#notifications.listen(CHANNEL, (userId) => this.#forget(userId));
  }

  /** Runs `work` in one transaction that changes something about `userId` (`*` = about everybody). */
  async change<T>(ctx: Ctx, userId: string, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    return this.#transactions.run(ctx, async (inner) => {
      const made = await work(inner);
      await this.#notifications.notify(inner, CHANNEL, userId);
      inner.trx.afterCommit(() => this.#forget(userId));
      return made;
    });
  }

  #forget(userId: string): void {
    if (userId === '*') this.#actors.forgetAll();
    else this.#actors.forget(userId);
  }
}
