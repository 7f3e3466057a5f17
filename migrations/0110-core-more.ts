import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One root acl a workspace, the acl tree's index, sign-in attempts and the time of the last sign-in. */
export class CoreMore0000000000110 implements MigrationInterface {
  name = 'CoreMore0000000000110';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create unique index acl_workspace_root_key on acl (workspace_id) where kind = 'workspace';
create index acl_parent_idx on acl (parent_id);

alter table auth.account_user add column last_sign_in_at timestamptz;
create table auth.sign_in_attempt (
  id uuid primary key,
  account text not null,
  network text not null,
  at timestamptz not null
);
create index sign_in_attempt_account_idx on auth.sign_in_attempt (account, at);
create index sign_in_attempt_network_idx on auth.sign_in_attempt (network, at);
`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop table auth.sign_in_attempt;
alter table auth.account_user drop column last_sign_in_at;
drop index acl_parent_idx;
drop index acl_workspace_root_key;`);
  }
}
