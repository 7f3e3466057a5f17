import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** What a CDN has yet to be told, and whose turn it is to tell it. */
export class CdnPurge implements MigrationInterface {
  name = 'CdnPurge0000000003071';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table cdn_purge (
        id bigint generated always as identity,
        tag text not null,
        due_at timestamptz not null,
        constraint cdn_purge_pkey primary key (id)
      );
      create table cdn_purge_turn (
        single boolean not null,
        owner uuid,
        until timestamptz not null,
        constraint cdn_purge_turn_pkey primary key (single),
        constraint cdn_purge_turn_single_check check (single)
      );
      insert into cdn_purge_turn (single, until) values (true, 'epoch');
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table cdn_purge_turn; drop table cdn_purge');
  }
}
