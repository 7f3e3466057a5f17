import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';

export interface AttemptCounts {
  /** This account from this network. */
  readonly pair: number;
  readonly network: number;
  readonly account: number;
}

/** Sign-in attempts that did not succeed (yet), by hash of the account and by network. */
export class AttemptsRepository extends BaseRepository {
  /** Attempts at one account go one after the other until the transaction ends: many at once count each other. */
  async lock(ctx: Ctx, account: string): Promise<void> {
    await this.query(ctx, 'select pg_advisory_xact_lock(hashtextextended($1, 1))', [account]);
  }

  async insert(ctx: Ctx, account: string, network: string): Promise<void> {
    await this.execute(ctx, 'insert into auth.sign_in_attempt (id, account, network, at) values ($1, $2, $3, $4)', [
      newId(),
      account,
      network,
      ctx.clock.now(),
    ]);
  }

  async count(ctx: Ctx, account: string, network: string, since: Date): Promise<AttemptCounts> {
    const row = await this.one<AttemptCounts>(
      ctx,
      `select count(*) filter (where account = $1 and network = $2)::int as pair,
              count(*) filter (where network = $2)::int as network,
              count(*) filter (where account = $1)::int as account
         from auth.sign_in_attempt where at > $3 and (account = $1 or network = $2)`,
      [account, network, since],
    );
    return row ?? { pair: 0, network: 0, account: 0 };
  }

  async clear(ctx: Ctx, account: string, network: string): Promise<void> {
    await this.execute(ctx, 'delete from auth.sign_in_attempt where account = $1 and network = $2', [account, network]);
  }
}
