import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** Derivatives that exist, and who is making one. Both disposable: bytes can be made again. */
export class Delivery implements MigrationInterface {
  name = 'Delivery0000000003000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table rendition (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        version_id uuid not null references file_version (id) on delete cascade,
        recipe_hash text not null,
        name text,
        storage_key text not null,
        mime text not null,
        width integer not null,
        height integer not null,
        bytes bigint not null,
        last_used_at timestamptz not null,
        created_at timestamptz not null
      );
      create unique index rendition_recipe_key on rendition (version_id, recipe_hash);
      create index rendition_used_idx on rendition (last_used_at);
      create index rendition_key_idx on rendition (storage_key);

      create unlogged table rendition_claim (
        key text primary key,
        owner text not null,
        until timestamptz not null
      );
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table rendition_claim, rendition');
  }
}
