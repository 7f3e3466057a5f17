import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** Roles of a workspace's own beside the built-in ones; a member's role is the key of either. */
export class Roles implements MigrationInterface {
  name = 'Roles0000000004001';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table role (
        workspace_id uuid not null,
        key text not null,
        name text not null,
        verbs integer not null,
        visible text[] not null,
        editable text[] not null,
        created_at timestamptz not null,
        constraint role_pkey primary key (workspace_id, key),
        constraint role_workspace_id_fkey foreign key (workspace_id) references workspace (id) on delete cascade
      );
      alter table member drop constraint member_role_check;
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    // Members of roles that the older version does not know become viewers where those could see everything (7 = list, read, rendition); membership of all
    // others ends, guests above all: less than they had, never more.
    await q.query(`
      delete from member m where role not in ('admin', 'editor', 'viewer', 'strategist', 'manager', 'executive', 'designer', 'finance', 'legal', 'sales', 'analyst')
        and not exists (select 1 from role r where r.workspace_id = m.workspace_id and r.key = m.role and r.verbs & 7 = 7);
      drop table role;
      update member set role = 'viewer' where role not in ('admin', 'editor', 'viewer');
      alter table member add constraint member_role_check check (role in ('admin', 'editor', 'viewer'));
    `);
  }
}
