import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an upload must give back later: its tus header, what its key was used for, and when it ended. */
export class Uploads0000000000210 implements MigrationInterface {
  name = 'Uploads0000000000210';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table upload add column metadata_header text;
alter table upload add column fields_hash text;
alter table upload add column finished_at timestamptz;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table upload drop column metadata_header, drop column fields_hash, drop column finished_at');
  }
}
