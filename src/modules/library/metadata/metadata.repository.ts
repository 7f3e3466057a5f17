import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';
import type { DefaultField, FieldType } from './metadata.fields.ts';
import type { FieldValue } from './metadata.mapping.ts';
import type { Source } from './metadata.precedence.ts';

export interface FieldRow {
  id: string;
  key: string;
  type: FieldType;
  labels: { en: string; de: string };
}

export interface ValueRow {
  fieldId: string;
  source: Source;
  at: Date;
  text: string | null;
  number: number | null;
  time: Date | null;
  boolean: boolean | null;
  list: string[] | null;
}

export interface EffectiveMetadata {
  metadata: Record<string, { value: FieldValue; source: Source; at: string }>;
  title: string | null;
  description: string | null;
  takenAt: string | null;
}

export class MetadataRepository extends BaseRepository {
  async insertFields(ctx: Ctx, fields: readonly DefaultField[]): Promise<void> {
    const rows = fields.map((field, position) => ({ id: newId(), key: field.key, type: field.type, labels: field.labels, position }));
    await this.execute(
      ctx,
      `insert into metadata_field (id, workspace_id, key, type, labels, position, created_at)
       select r.id, $1, r.key, r.type, r.labels, r.position, $3
       from jsonb_to_recordset($2::jsonb) as r(id uuid, key text, type text, labels jsonb, position int)
       on conflict (workspace_id, key) do nothing`,
      [ctx.workspaceId, JSON.stringify(rows), ctx.clock.now()],
    );
  }

  async insertVocabulary(ctx: Ctx, key: string, labels: { en: string; de: string }): Promise<void> {
    await this.execute(
      ctx,
      'insert into vocabulary (id, workspace_id, key, labels, created_at) values ($1,$2,$3,$4,$5) on conflict (workspace_id, key) do nothing',
      [newId(), ctx.workspaceId, key, JSON.stringify(labels), ctx.clock.now()],
    );
  }

  fields(ctx: Ctx): Promise<FieldRow[]> {
    return this.query(ctx, 'select id, key, type, labels from metadata_field where workspace_id = $1 order by position', [ctx.workspaceId]);
  }

  /** Ends the source's present values of these fields and adds the new ones (facts are appended, never overwritten). */
  async replaceValues(
    ctx: Ctx,
    assetId: string,
    source: Source,
    endedFieldIds: readonly string[],
    values: readonly { field: FieldRow; value: FieldValue }[],
    producer: string | null,
  ): Promise<void> {
    const now = ctx.clock.now();
    await this.execute(
      ctx,
      'update metadata_value set superseded_at = $4 where asset_id = $1 and source = $2 and field_id = any($3) and superseded_at is null',
      [assetId, source, endedFieldIds, now],
    );
    if (values.length === 0) return;
    const rows = values.map(({ field, value }) => ({ id: newId(), field_id: field.id, ...typed(field.type, value) }));
    await this.execute(
      ctx,
      `insert into metadata_value (id, workspace_id, asset_id, field_id, value_text, value_number, value_time, value_boolean, value_list, source, producer, created_by, created_at)
       select r.id, $1, $2, r.field_id, r.t, r.n, r.d, r.b, r.l, $3, $4, $5, $6
       from jsonb_to_recordset($7::jsonb) as r(id uuid, field_id uuid, t text, n double precision, d timestamptz, b boolean, l text[])`,
      [ctx.workspaceId, assetId, source, producer, ctx.actor.userId, now, JSON.stringify(rows)],
    );
  }

  currentValues(ctx: Ctx, assetId: string): Promise<ValueRow[]> {
    return this.query(
      ctx,
      `select field_id as "fieldId", source, created_at as at, value_text as text, value_number as number, value_time as time, value_boolean as boolean, value_list as list
       from metadata_value where asset_id = $1 and superseded_at is null`,
      [assetId],
    );
  }

  async storeEffective(ctx: Ctx, assetId: string, effective: EffectiveMetadata): Promise<void> {
    await this.execute(
      ctx,
      'update asset set metadata = $3, title = $4, description = $5, taken_at = $6 where workspace_id = $1 and id = $2',
      [ctx.workspaceId, assetId, JSON.stringify(effective.metadata), effective.title, effective.description, effective.takenAt],
    );
  }

  /** Adds tags (terms of the default vocabulary are made as needed) to assets; a tag that is there stays as it is. */
  async addTags(ctx: Ctx, assetIds: readonly string[], tags: readonly { key: string; label: string }[], source: Source): Promise<void> {
    if (tags.length === 0 || assetIds.length === 0) return;
    const now = ctx.clock.now();
    // Sorted, so that two uploads with the same new tags cannot deadlock on the unique index.
    const rows = [...tags].sort((a, b) => (a.key < b.key ? -1 : 1)).map((tag) => ({ id: newId(), ...tag }));
    await this.execute(
      ctx,
      `insert into term (id, workspace_id, vocabulary_id, key, label, created_at)
       select r.id, $1, v.id, r.key, r.label, $3 from jsonb_to_recordset($2::jsonb) as r(id uuid, key text, label text)
       join vocabulary v on v.workspace_id = $1 and v.key = 'tags'
       on conflict (vocabulary_id, key) do nothing`,
      [ctx.workspaceId, JSON.stringify(rows), now],
    );
    await this.execute(
      ctx,
      `insert into asset_term (asset_id, term_id, source, created_by, created_at)
       select a.id, t.id, $4, $5, $6 from unnest($2::uuid[]) as a(id)
       cross join term t join vocabulary v on v.id = t.vocabulary_id and v.workspace_id = $1 and v.key = 'tags'
       where t.key = any($3) on conflict do nothing`,
      [ctx.workspaceId, assetIds, tags.map((tag) => tag.key), source, ctx.actor.userId, now],
    );
  }

  async removeTags(ctx: Ctx, assetIds: readonly string[], keys: readonly string[]): Promise<void> {
    await this.execute(
      ctx,
      `delete from asset_term at using term t, vocabulary v
       where at.term_id = t.id and t.vocabulary_id = v.id and v.workspace_id = $1 and v.key = 'tags' and at.asset_id = any($2) and t.key = any($3)`,
      [ctx.workspaceId, assetIds, keys],
    );
  }

  async tagsOf(ctx: Ctx, assetIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.query<{ assetId: string; tags: string[] }>(
      ctx,
      `select at.asset_id as "assetId", array_agg(t.label order by t.label) as tags from asset_term at join term t on t.id = at.term_id
       where t.workspace_id = $1 and at.asset_id = any($2) group by at.asset_id`,
      [ctx.workspaceId, assetIds],
    );
    return new Map(rows.map((row) => [row.assetId, row.tags]));
  }

  /** Tags that hold the text, most used first, counted over assets in the given folders (`null` = all). */
  suggestTags(ctx: Ctx, like: string, folders: readonly string[] | null, limit: number): Promise<{ tag: string; count: number }[]> {
    return this.query(
      ctx,
      `select t.label as tag, count(*)::int as count from term t join vocabulary v on v.id = t.vocabulary_id and v.key = 'tags'
         join asset_term at on at.term_id = t.id join asset a on a.id = at.asset_id and a.deleted_at is null
       where t.workspace_id = $1 and t.key like $2 and ($3::uuid[] is null or a.folder_id = any($3))
       group by t.id, t.label order by count(*) desc, t.label limit $4`,
      [ctx.workspaceId, like, folders, limit],
    );
  }
}

function typed(
  type: FieldType,
  value: FieldValue,
): { t: string | null; n: number | null; d: string | null; b: boolean | null; l: string[] | null } {
  return {
    t: type === 'text' ? String(value) : null,
    n: type === 'number' ? Number(value) : null,
    d: type === 'time' ? String(value) : null,
    b: type === 'boolean' ? Boolean(value) : null,
    l: type === 'list' ? (Array.isArray(value) ? value : [String(value)]) : null,
  };
}
