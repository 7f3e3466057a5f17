import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** What URLs ask of films: made in the background, once each. Disposable: it can be made again. */
export class Films implements MigrationInterface {
  name = 'Films0000000003020';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table film (
        id uuid primary key,
        workspace_id uuid not null references workspace (id) on delete cascade,
        asset_id uuid not null,
        version_id uuid not null references file_version (id) on delete cascade,
        blob_id uuid not null,
        recipe_hash text not null,
        make jsonb not null,
        source jsonb not null,
        mime text not null,
        state text not null,
        progress real not null,
        reason text,
        made jsonb not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint film_state_check check (state in ('queued', 'running', 'ready', 'failed'))
      );
      create unique index film_recipe_key on film (version_id, recipe_hash);
      create index film_open_idx on film (workspace_id) where state in ('queued', 'running');
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table film');
  }
}
