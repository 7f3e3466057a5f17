import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** Groups of people, who are granted things together. */
export class Groups implements MigrationInterface {
  name = 'Groups0000000004000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table principal_group (
        id uuid not null,
        workspace_id uuid not null,
        name text not null,
        created_at timestamptz not null,
        constraint principal_group_pkey primary key (id),
        constraint principal_group_workspace_id_fkey foreign key (workspace_id) references workspace (id) on delete cascade
      );
      create unique index principal_group_name_key on principal_group (workspace_id, lower(name));
      create table group_member (
        group_id uuid not null,
        workspace_id uuid not null,
        user_id text not null,
        created_at timestamptz not null,
        constraint group_member_pkey primary key (group_id, user_id),
        constraint group_member_group_id_fkey foreign key (group_id) references principal_group (id) on delete cascade,
        constraint group_member_member_fkey foreign key (workspace_id, user_id) references member (workspace_id, user_id) on delete cascade
      );
      create index group_member_user_idx on group_member (workspace_id, user_id);
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table group_member; drop table principal_group');
  }
}
