import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';

export interface PurgeRow {
  readonly id: string;
  readonly tag: string;
}

/** Tags that wait, and the turn to tell them. Times are the database's: several machines work on these rows. */
export class PurgeRepository extends BaseRepository {
  /**
   * In the transaction of the change; due `delayMs` from now.
   * @returns ms from the beginning of the transaction until all of them are due: jobs count from there
   */
  async add(ctx: Ctx, tags: readonly string[], delayMs: number): Promise<number> {
    const rows = await this.query<{ ms: number }>(
      ctx,
      `insert into cdn_purge (tag, due_at)
       select tag, clock_timestamp() + $2 * interval '1 millisecond' from unnest($1::text[]) as t (tag)
       returning ceil(extract(epoch from due_at - now()) * 1000)::float8 as ms`,
      [tags, delayMs],
    );
    return rows.reduce((most, { ms }) => Math.max(most, ms), 0);
  }

  /** The oldest that are due. */
  async due(ctx: Ctx, limit: number): Promise<PurgeRow[]> {
    return this.query<PurgeRow>(ctx, `select id::text, tag from cdn_purge where due_at <= clock_timestamp() order by id limit $1`, [limit]);
  }

  async remove(ctx: Ctx, ids: readonly string[]): Promise<void> {
    await this.execute(ctx, 'delete from cdn_purge where id = any($1::bigint[])', [ids]);
  }

  /** Takes the turn, or keeps it, for so many ms; false while it is another's. */
  async takeTurn(ctx: Ctx, owner: string, ms: number): Promise<boolean> {
    const rows = await this.query(
      ctx,
      `update cdn_purge_turn set owner = $1, until = clock_timestamp() + $2 * interval '1 millisecond'
       where owner = $1 or until < clock_timestamp() returning owner`,
      [owner, ms],
    );
    return rows.length === 1;
  }

  async endTurn(ctx: Ctx, owner: string): Promise<void> {
    await this.execute(ctx, `update cdn_purge_turn set owner = null, until = 'epoch' where owner = $1`, [owner]);
  }
}
