/** SQL that makes asset rows of generated documents: `$1` the workspace, `$2` folder ids or documents as JSON. */

export const SEED_FOLDERS = `
  insert into folder (id, workspace_id, parent_id, name, path, acl_id, created_at)
  select f.id, $1::uuid, root.id, 'f' || f.n, '/f' || f.n, root.acl_id, now()
  from unnest($2::uuid[]) with ordinality as f(id, n), folder root
  where root.workspace_id = $1::uuid and root.parent_id is null`;

const documents = `json_to_recordset($2::json) as d(id uuid, folder uuid, kind text, mime text, name text, title text, description text, status text,
  published boolean, bytes bigint, width int, height int, taken timestamptz, created timestamptz, updated timestamptz, tags json)`;

export const SEED_ASSETS = [
  `insert into blob (id, workspace_id, sha256, bytes, created_at) select d.id, $1::uuid, d.id::text, d.bytes, d.created from ${documents}`,
  `insert into asset (id, workspace_id, folder_id, name, name_key, title, description, kind, status, current_version_id, preview_state,
     published_manually, taken_at, created_at, updated_at)
   select d.id, $1::uuid, d.folder, d.name, d.id::text, d.title, d.description, d.kind, d.status, d.id, 'none', d.published, d.taken, d.created, d.updated
   from ${documents}`,
  `insert into file_version (id, workspace_id, asset_id, number, blob_id, original_name, mime, bytes, width, height, created_at)
   select d.id, $1::uuid, d.id, 1, d.id, d.name, d.mime, d.bytes, d.width, d.height, d.created from ${documents}`,
  `insert into term (id, workspace_id, vocabulary_id, key, label, created_at)
   select gen_random_uuid(), $1::uuid, v.id, tag, tag, now()
   from (select distinct tag from ${documents}, json_array_elements_text(d.tags) as tag) tags, vocabulary v
   where v.workspace_id = $1::uuid and v.key = 'tags' on conflict (vocabulary_id, key) do nothing`,
  `insert into asset_term (asset_id, term_id, source, created_at)
   select d.id, t.id, 'import', now() from ${documents}, json_array_elements_text(d.tags) as tag
   join term t on t.key = tag join vocabulary v on v.id = t.vocabulary_id and v.workspace_id = $1::uuid and v.key = 'tags'`,
];
