import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { DEMO_SOURCE, DEMO_TAG } from './demo.plan.ts';

/** Which assets the demo made, from the database itself: the search index may not have them yet. */
export class DemoRepository extends BaseRepository {
  made(ctx: Ctx): Promise<{ id: string; folder: string; name: string }[]> {
    return this.query(
      ctx,
      `select a.id, f.path as folder, a.name from asset a join folder f on f.id = a.folder_id
       where a.workspace_id = $1 and a.deleted_at is null
         and a.metadata #>> '{source,value}' = $2 and a.metadata #>> '{source,source}' = 'person'
         and exists (select 1 from asset_term x join term t on t.id = x.term_id where x.asset_id = a.id and t.key = $3)
       order by a.id`,
      [ctx.workspaceId, DEMO_SOURCE, DEMO_TAG],
    );
  }
}
