import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly has_password: boolean;
  readonly last_sign_in_at: Date | null;
}

const ACCOUNT = `select u.id, u.name, u.email, u.last_sign_in_at,
  exists (select 1 from auth.account a where a."userId" = u.id and a."providerId" = 'credential' and a.password is not null) as has_password
  from auth.account_user u`;

/** People and their credentials: better-auth's tables, written here where a change belongs into one of our transactions. */
export class AccountsRepository extends BaseRepository {
  findById(ctx: Ctx, id: string): Promise<AccountRow | null> {
    return this.one<AccountRow>(ctx, `${ACCOUNT} where u.id = $1`, [id]);
  }

  findByEmail(ctx: Ctx, email: string): Promise<AccountRow | null> {
    return this.one<AccountRow>(ctx, `${ACCOUNT} where u.email = $1`, [email.toLowerCase()]);
  }

  /** Who invites vouches for the address, so it counts as verified. */
  async insert(ctx: Ctx, account: { email: string; name: string }): Promise<string> {
    const id = newId();
    const now = ctx.clock.now();
    await this.execute(
      ctx,
      `insert into auth.account_user (id, name, email, email_verified, "createdAt", "updatedAt") values ($1, $2, $3, true, $4, $4)`,
      [id, account.name, account.email.toLowerCase(), now],
    );
    return id;
  }

  async rename(ctx: Ctx, id: string, name: string): Promise<void> {
    await this.execute(ctx, 'update auth.account_user set name = $2, "updatedAt" = $3 where id = $1', [id, name, ctx.clock.now()]);
  }

  /** Keeps other people's changes to the same person's password apart until the transaction ends. */
  async lock(ctx: Ctx, id: string): Promise<void> {
    await this.query(ctx, 'select 1 from auth.account_user where id = $1 for update', [id]);
  }

  async passwordHash(ctx: Ctx, userId: string): Promise<string | null> {
    const row = await this.one<{ password: string | null }>(
      ctx,
      `select password from auth.account where "userId" = $1 and "providerId" = 'credential' and password is not null`,
      [userId],
    );
    return row?.password ?? null;
  }

  async setPassword(ctx: Ctx, userId: string, hash: string): Promise<void> {
    const now = ctx.clock.now();
    const changed = await this.execute(
      ctx,
      `update auth.account set password = $2, "updatedAt" = $3 where "userId" = $1 and "providerId" = 'credential'`,
      [userId, hash, now],
    );
    if (changed > 0) return;
    await this.execute(
      ctx,
      `insert into auth.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
       values ($1, $2, 'credential', $2, $3, $4, $4)`,
      [newId(), userId, hash, now],
    );
  }

  async removeCredentials(ctx: Ctx, userId: string): Promise<void> {
    await this.execute(ctx, 'delete from auth.account where "userId" = $1', [userId]);
  }

  /** @param except a session to keep */
  async deleteSessions(ctx: Ctx, userId: string, except: string | null): Promise<number> {
    return this.execute(ctx, 'delete from auth.session where "userId" = $1 and ($2::text is null or id <> $2)', [userId, except]);
  }

  async signedIn(ctx: Ctx, userId: string): Promise<void> {
    await this.execute(ctx, 'update auth.account_user set last_sign_in_at = $2 where id = $1', [userId, ctx.clock.now()]);
  }

  /** Networks of the sessions that the person has open. */
  async knownNetworks(ctx: Ctx, userId: string): Promise<string[]> {
    const rows = await this.query<{ ip: string }>(
      ctx,
      `select distinct "ipAddress" as ip from auth.session where "userId" = $1 and coalesce("ipAddress", '') <> ''`,
      [userId],
    );
    return rows.map((row) => row.ip);
  }

  /** Sign-in links not used yet become void. better-auth keeps them as a verification whose value is this very text. */
  async deleteSignInLinks(ctx: Pick<Ctx, 'trx'>, email: string): Promise<void> {
    await this.execute(ctx, 'delete from auth.verification where value = $1', [JSON.stringify({ email })]);
  }

  async deleteExpired(ctx: Ctx): Promise<void> {
    const now = ctx.clock.now();
    await this.execute(ctx, 'delete from auth.session where "expiresAt" < $1', [now]);
    await this.execute(ctx, 'delete from auth.verification where "expiresAt" < $1', [now]);
    await this.execute(ctx, `delete from auth.sign_in_attempt where at < $1::timestamptz - interval '1 day'`, [now]);
  }
}
