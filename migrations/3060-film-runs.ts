import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** Of a film: how much of the store it takes, and how often work on it began, so that an older run can be told from the last. */
export class FilmRuns implements MigrationInterface {
  name = 'FilmRuns0000000003060';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table film add column bytes bigint not null default 0, add column attempt integer not null default 0;
      update film set bytes = coalesce((made->>'bytes')::bigint, 0);
      create index film_bytes_idx on film (workspace_id, bytes);
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop index film_bytes_idx; alter table film drop column bytes, drop column attempt');
  }
}
