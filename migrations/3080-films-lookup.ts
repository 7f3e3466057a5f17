import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** Films of equal bytes are found by these, and a process of the version before may still add some while the first of this one begins. */
export class FilmsLookup implements MigrationInterface {
  name = 'FilmsLookup0000000003080';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create index film_pieces_idx on film (blob_id, recipe_hash);
      alter table film alter column asked_at set default now();
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop index film_pieces_idx; alter table film alter column asked_at drop default');
  }
}
