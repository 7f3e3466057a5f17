import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-in tables (schema `auth`, used by better-auth), workspaces, members, keys, permissions, audit, jobs. */
export class Core0000000000100 implements MigrationInterface {
  name = 'Core0000000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create extension if not exists pg_trgm;
create extension if not exists unaccent;

create schema if not exists auth;
create table auth.account_user (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create table auth.session (
  id text primary key,
  "expiresAt" timestamptz not null,
  token text not null unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references auth.account_user (id) on delete cascade
);
create index session_user_idx on auth.session ("userId");
create table auth.account (
  id text primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references auth.account_user (id) on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope text,
  password text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null
);
create index account_user_idx on auth.account ("userId");
create table auth.verification (
  id text primary key,
  identifier text not null,
  value text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index verification_identifier_idx on auth.verification (identifier);

create table workspace (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  settings jsonb not null,
  quota_bytes bigint,
  person_quota_bytes bigint,
  used_bytes bigint not null default 0,
  created_at timestamptz not null
);

create table member (
  workspace_id uuid not null references workspace (id) on delete cascade,
  user_id text not null references auth.account_user (id) on delete cascade,
  role text not null check (role in ('admin', 'editor', 'viewer')),
  quota_bytes bigint,
  used_bytes bigint not null default 0,
  created_at timestamptz not null,
  primary key (workspace_id, user_id)
);
create index member_user_idx on member (user_id);

create table api_key (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  user_id text not null references auth.account_user (id) on delete cascade,
  name text not null,
  prefix text not null,
  key_hash text not null unique,
  scopes text[] not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
create index api_key_workspace_idx on api_key (workspace_id, created_at);

create table acl (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  kind text not null check (kind in ('workspace', 'folder', 'collection', 'campaign')),
  parent_id uuid references acl (id) on delete cascade,
  created_at timestamptz not null
);
create index acl_workspace_idx on acl (workspace_id, kind);

create table access_grant (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  acl_id uuid not null references acl (id) on delete cascade,
  principal_kind text not null check (principal_kind in ('user', 'group', 'api_key', 'share', 'guest')),
  principal_id text not null,
  verbs integer not null,
  effect text not null check (effect in ('allow', 'deny')),
  until timestamptz,
  created_at timestamptz not null
);
create index access_grant_principal_idx on access_grant (workspace_id, principal_kind, principal_id);
create index access_grant_acl_idx on access_grant (acl_id);

create table audit_entry (
  id uuid primary key,
  workspace_id uuid not null,
  actor_kind text not null,
  actor_id text,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  before jsonb,
  after jsonb,
  request_id text not null,
  at timestamptz not null
);
create index audit_entry_time_idx on audit_entry (workspace_id, at desc, id);
create index audit_entry_subject_idx on audit_entry (workspace_id, subject_kind, subject_id, at desc);

create table job (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  kind text not null,
  actor_kind text not null,
  actor_id text,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled', 'undone')),
  total integer,
  done integer not null default 0,
  failed integer not null default 0,
  cancel_requested boolean not null default false,
  undoable boolean not null default false,
  params jsonb not null,
  result jsonb,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index job_actor_idx on job (workspace_id, actor_id, created_at desc);

create table job_item (
  job_id uuid not null references job (id) on delete cascade,
  position integer not null,
  key text not null,
  state text not null check (state in ('pending', 'done', 'failed', 'skipped', 'undone')),
  reason text,
  undo jsonb,
  primary key (job_id, position)
);
create index job_item_state_idx on job_item (job_id, state, position);
`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop table job_item, job, audit_entry, access_grant, acl, api_key, member, workspace;
drop schema auth cascade;`);
  }
}
