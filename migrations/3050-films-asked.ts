import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** When a film was last asked for, to half a day: what nobody wants any more is removed. */
export class FilmsAsked implements MigrationInterface {
  name = 'FilmsAsked0000000003050';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table film add column asked_at timestamptz;
      update film set asked_at = updated_at;
      alter table film alter column asked_at set not null;
      create index film_asked_idx on film (asked_at);
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('alter table film drop column asked_at');
  }
}
