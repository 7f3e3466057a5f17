import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who undoes a job: set when the undoing begins, so that it goes on after a crash. */
export class JobsUndo0000000000120 implements MigrationInterface {
  name = 'JobsUndo0000000000120';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table job add column undo_actor_kind text, add column undo_actor_id text, add column undo_requested_at timestamptz;
create index job_created_idx on job (created_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop index job_created_idx;
alter table job drop column undo_actor_kind, drop column undo_actor_id, drop column undo_requested_at;`);
  }
}
