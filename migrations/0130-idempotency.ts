import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers of unsafe calls, kept for a day so that a repeated call is answered and not done again. */
export class Idempotency0000000000130 implements MigrationInterface {
  name = 'Idempotency0000000000130';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table idempotency (
  workspace_id uuid not null references workspace (id) on delete cascade,
  actor text not null,
  key text not null,
  route text not null,
  body_hash text not null,
  reply json,
  created_at timestamptz not null,
  constraint idempotency_pkey primary key (workspace_id, actor, key)
);
create index idempotency_created_idx on idempotency (created_at);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table idempotency');
  }
}
