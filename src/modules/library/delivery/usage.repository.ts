import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';

export interface UsageRow {
  readonly assetId: string;
  readonly requests: number;
  readonly unchanged: number;
  readonly bytes: number;
}

export interface UsageDay extends Omit<UsageRow, 'assetId'> {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
}

export class UsageRepository extends BaseRepository {
  /** Adds to what this day has. Assets that are gone are left out. */
  async add(ctx: Ctx, day: string, rows: readonly UsageRow[]): Promise<void> {
    // Always in one order: two processes that note the same assets must not wait for each other in a circle.
    const sorted = [...rows].sort((a, b) => (a.assetId < b.assetId ? -1 : 1));
    await this.execute(
      ctx,
      `insert into delivery_day (asset_id, day, requests, unchanged, bytes)
       select r."assetId", $1::date, r.requests, r.unchanged, r.bytes
       from json_to_recordset($2::json) as r("assetId" uuid, requests bigint, unchanged bigint, bytes bigint) join asset a on a.id = r."assetId"
       on conflict (asset_id, day) do update set requests = delivery_day.requests + excluded.requests,
         unchanged = delivery_day.unchanged + excluded.unchanged, bytes = delivery_day.bytes + excluded.bytes`,
      [day, JSON.stringify(sorted)],
    );
  }

  /** Days since `from` on which there was anything, oldest first. */
  async days(ctx: Ctx, assetId: string, from: string): Promise<UsageDay[]> {
    return this.query<UsageDay>(
      ctx,
      `select to_char(d.day, 'YYYY-MM-DD') as day, d.requests::float8 as requests, d.unchanged::float8 as unchanged, d.bytes::float8 as bytes
       from delivery_day d join asset a on a.id = d.asset_id
       where a.workspace_id = $1 and d.asset_id = $2 and d.day >= $3::date order by d.day`,
      [ctx.workspaceId, assetId, from],
    );
  }

  /** Removes what is older than `day`, of all workspaces. */
  async forget(ctx: Ctx, day: string): Promise<number> {
    return this.execute(ctx, 'delete from delivery_day where day < $1::date', [day]);
  }
}
