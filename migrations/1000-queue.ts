import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** The transactional outbox and the inbox of its consumers. */
export class Queue implements MigrationInterface {
  name = 'Queue0000000001000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table outbox (
        id uuid primary key,
        workspace_id text not null,
        topic text not null,
        subject text,
        payload jsonb not null,
        state text not null default 'pending' check (state in ('pending', 'published', 'done', 'dead')),
        lease timestamptz,
        attempts integer not null default 0,
        failures integer not null default 0,
        error text,
        created_at timestamptz not null default now(),
        available_at timestamptz not null default now(),
        finished_at timestamptz
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
      create index outbox_pending on outbox (available_at, id) where state = 'pending';
      create index outbox_leased on outbox (lease) where state = 'published';
      create index outbox_finished on outbox (finished_at) where state in ('done', 'dead');

      create table inbox (
        consumer text not null,
        outbox_id uuid not null,
        created_at timestamptz not null default now(),
        primary key (consumer, outbox_id)
      );
      create index inbox_created on inbox (created_at);

      create function outbox_notify() returns trigger language plpgsql as $$
      begin
        perform pg_notify('outbox', '');
        return null;
      end $$;
      create trigger outbox_inserted after insert on outbox for each statement execute function outbox_notify();
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table inbox; drop table outbox; drop function outbox_notify();');
  }
}
