import type { MigrationInterface, QueryRunner } from 'typeorm';

export class {{Items}}{{digits}} implements MigrationInterface {
  name = '{{Items}}{{digits}}';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table {{table}} (
  id uuid not null constraint {{table}}_pkey primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  name text not null,
  row_version integer not null default 1,
  created_at timestamptz not null,
  created_by text,
  deleted_at timestamptz
);
create index {{table}}_workspace_idx on {{table}} (workspace_id, id);
`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table {{table}}');
  }
}
