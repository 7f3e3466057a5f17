import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** Named transformations and keys that sign delivery URLs. */
export class DeliveryEndpoints implements MigrationInterface {
  name = 'DeliveryEndpoints0000000003010';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table named_transformation (
        workspace_id uuid not null references workspace (id) on delete cascade,
        name text not null,
        transformation text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint named_transformation_pkey primary key (workspace_id, name)
      );

      create table signing_key (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        name text not null,
        secret_encrypted text not null,
        state text not null check (state in ('active', 'verify_only', 'revoked')),
        created_at timestamptz not null
      );
      create index signing_key_workspace_idx on signing_key (workspace_id);
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table signing_key, named_transformation');
  }
}
