import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Folders, blobs, assets and their versions, uploads, metadata, tags. */
export class Library0000000000200 implements MigrationInterface {
  name = 'Library0000000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table folder (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  parent_id uuid references folder (id),
  name text not null,
  path text not null,
  acl_id uuid not null references acl (id),
  row_version integer not null default 1,
  created_at timestamptz not null,
  created_by text,
  deleted_at timestamptz
);
create unique index folder_path_key on folder (workspace_id, path) where deleted_at is null;
create index folder_parent_idx on folder (workspace_id, parent_id) where deleted_at is null;
create index folder_acl_idx on folder (acl_id);

create table path_alias (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  path text not null,
  asset_id uuid,
  folder_id uuid,
  until timestamptz not null,
  created_at timestamptz not null
);
create index path_alias_path_idx on path_alias (workspace_id, path, created_at desc);

create table blob (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  sha256 text not null,
  bytes bigint not null,
  state text not null default 'stored' check (state in ('stored', 'quarantined', 'missing')),
  verified_at timestamptz,
  created_at timestamptz not null
);
create unique index blob_sha256_key on blob (workspace_id, sha256);

create table asset (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  folder_id uuid not null references folder (id),
  name text not null,
  name_key text not null,
  title text,
  description text,
  kind text not null default 'other',
  status text not null check (status in ('processing', 'ready', 'failed', 'quarantined')),
  failure_code text,
  failure_detail text,
  current_version_id uuid,
  preview_state text not null default 'pending' check (preview_state in ('pending', 'ready', 'none', 'failed')),
  preview_reason text,
  preview_detail text,
  published_manually boolean not null default false,
  publish_from timestamptz,
  publish_until timestamptz,
  release_original boolean not null default false,
  taken_at timestamptz,
  metadata jsonb not null default '{}',
  row_version integer not null default 1,
  search_version bigint not null default 1,
  created_at timestamptz not null,
  created_by text,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create unique index asset_name_key on asset (workspace_id, folder_id, name_key) where deleted_at is null;
create index asset_created_idx on asset (workspace_id, created_at desc, id desc) where deleted_at is null;
create index asset_updated_idx on asset (workspace_id, updated_at desc, id desc) where deleted_at is null;
create index asset_name_idx on asset (workspace_id, name_key, id) where deleted_at is null;
create index asset_folder_created_idx on asset (folder_id, created_at desc, id desc) where deleted_at is null;
create index asset_trash_idx on asset (workspace_id, deleted_at desc, id desc) where deleted_at is not null;
create index asset_status_idx on asset (status, updated_at) where status = 'processing';
create index asset_metadata_idx on asset using gin (metadata jsonb_path_ops);

create table file_version (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  asset_id uuid not null references asset (id) on delete cascade,
  number integer not null,
  blob_id uuid not null references blob (id),
  original_name text not null,
  mime text not null default 'application/octet-stream',
  extension text not null default 'bin',
  bytes bigint not null,
  width integer,
  height integer,
  pages integer,
  frames integer,
  duration_ms integer,
  has_alpha boolean,
  orientation integer,
  colours jsonb not null default '[]',
  thumbhash text,
  phash text,
  embedded jsonb not null default '{}',
  probe jsonb not null default '{}',
  ingested_at timestamptz,
  note text,
  created_by text,
  created_at timestamptz not null
);
create unique index file_version_number_key on file_version (asset_id, number);
create index file_version_blob_idx on file_version (blob_id);
alter table asset add constraint asset_current_version_fk foreign key (current_version_id) references file_version (id) deferrable initially deferred;

create table upload (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  owner text not null,
  user_id text,
  blob_id uuid not null,
  declared_bytes bigint,
  received_bytes bigint not null default 0,
  state text not null check (state in ('open', 'receiving', 'committing', 'done', 'expired')),
  filename text not null,
  target jsonb not null,
  draft jsonb,
  idempotency_key text,
  asset_id uuid,
  sha256 text,
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create unique index upload_idempotency_key on upload (workspace_id, owner, idempotency_key) where idempotency_key is not null;
create index upload_blob_idx on upload (blob_id);
create index upload_expiry_idx on upload (expires_at) where state in ('open', 'receiving', 'committing');
create index upload_owner_idx on upload (workspace_id, owner) where state in ('open', 'receiving', 'committing');

create table metadata_field (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  key text not null,
  type text not null check (type in ('text', 'number', 'boolean', 'time', 'list')),
  labels jsonb not null,
  position integer not null,
  created_at timestamptz not null
);
create unique index metadata_field_key on metadata_field (workspace_id, key);

create table metadata_value (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  asset_id uuid not null references asset (id) on delete cascade,
  field_id uuid not null references metadata_field (id) on delete cascade,
  language text not null default '',
  value_text text,
  value_number double precision,
  value_time timestamptz,
  value_boolean boolean,
  value_list text[],
  source text not null check (source in ('embedded', 'person', 'rule', 'import', 'model')),
  confidence real,
  producer text,
  created_by text,
  created_at timestamptz not null,
  superseded_at timestamptz
);
create index metadata_value_asset_idx on metadata_value (asset_id, field_id) where superseded_at is null;

create table vocabulary (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  key text not null,
  labels jsonb not null,
  created_at timestamptz not null
);
create unique index vocabulary_key on vocabulary (workspace_id, key);

create table term (
  id uuid primary key,
  workspace_id uuid not null references workspace (id) on delete cascade,
  vocabulary_id uuid not null references vocabulary (id) on delete cascade,
  parent_id uuid references term (id),
  key text not null,
  label text not null,
  created_at timestamptz not null
);
create unique index term_key on term (vocabulary_id, key);
create index term_key_trgm on term using gin (key gin_trgm_ops);

create table asset_term (
  asset_id uuid not null references asset (id) on delete cascade,
  term_id uuid not null references term (id) on delete cascade,
  source text not null check (source in ('embedded', 'person', 'rule', 'import', 'model')),
  confidence real,
  created_by text,
  created_at timestamptz not null,
  primary key (asset_id, term_id)
);
create index asset_term_term_idx on asset_term (term_id);
`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop table asset_term, term, vocabulary, metadata_value, metadata_field, upload;
alter table asset drop constraint asset_current_version_fk;
drop table file_version, asset, blob, path_alias, folder;`);
  }
}
