import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** Which pipeline a derivative was made by, and one derivative of each name for a version: the last one. */
export class RenditionPipeline implements MigrationInterface {
  name = 'RenditionPipeline0000000003070';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      -- 0 = before it was noted.
      alter table rendition add column pipeline integer not null default 0;
      update rendition r set name = null where r.name is not null and exists (
        select 1 from rendition later where later.version_id = r.version_id and later.name = r.name and (later.created_at, later.id) > (r.created_at, r.id)
      );
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('alter table rendition drop column pipeline');
  }
}
