import type { Ctx } from '../../../context.ts';
import { defineError, unprocessable } from '../../../errors.ts';
import { DEFAULT_FIELDS, type FieldType, KEYWORD_TAGS } from './metadata.fields.ts';
import { type FieldValue, mapEmbedded, mapKeywords } from './metadata.mapping.ts';
import { effective, type Source } from './metadata.precedence.ts';
import type { FieldRow, MetadataRepository, ValueRow } from './metadata.repository.ts';

const unknownField = defineError('unknown_field', 422, 'There is no such metadata field');

/** Values with their sources, and tags. Callers authorise; every method works inside `ctx.trx`. */
export class MetadataService {
  private readonly repository: MetadataRepository;
  private readonly fieldCache = new Map<string, FieldRow[]>();

  constructor(repository: MetadataRepository) {
    this.repository = repository;
  }

  /** What a new workspace starts with. */
  async prepareWorkspace(ctx: Ctx): Promise<void> {
    await this.repository.insertFields(ctx, DEFAULT_FIELDS);
    await this.repository.insertVocabulary(ctx, 'tags', { en: 'Tags', de: 'Schlagwörter' });
  }

  async fields(ctx: Ctx): Promise<FieldRow[]> {
    const cached = this.fieldCache.get(ctx.workspaceId);
    if (cached) return cached;
    const rows = await this.repository.fields(ctx);
    if (rows.length > 0) this.fieldCache.set(ctx.workspaceId, rows);
    return rows;
  }

  /** Sets a person's (or import's) values; null takes the own value back, so that the next source shows again. */
  async setValues(ctx: Ctx, assetId: string, values: Record<string, FieldValue | null>, source: Source = 'person'): Promise<void> {
    const entries = Object.entries(values);
    if (entries.length === 0) return;
    const fields = new Map((await this.fields(ctx)).map((row) => [row.key, row]));
    const checked = entries.map(([key, value]) => {
      const field = fields.get(key);
      if (!field)
        throw unknownField({ detail: `"${key}" is not a field of this workspace.`, extra: { field: key, known: [...fields.keys()] } });
      return { field, value: value === null || value === '' ? null : coerce(field, value) };
    });
    const present = checked.filter((item): item is { field: FieldRow; value: FieldValue } => item.value !== null);
    await this.repository.replaceValues(
      ctx,
      assetId,
      source,
      checked.map((item) => item.field.id),
      present,
      null,
    );
    await this.recompute(ctx, assetId);
  }

  /** What the file itself says: replaces the embedded values of all mapped fields; nobody else's. */
  async setEmbedded(ctx: Ctx, assetId: string, embedded: Record<string, unknown>): Promise<void> {
    const fields = await this.fields(ctx);
    const byKey = new Map(fields.map((row) => [row.key, row]));
    const mapped = mapEmbedded(embedded, DEFAULT_FIELDS);
    const values = Object.entries(mapped).flatMap(([key, value]) => {
      const field = byKey.get(key);
      return field ? [{ field, value }] : [];
    });
    await this.repository.replaceValues(
      ctx,
      assetId,
      'embedded',
      fields.map((field) => field.id),
      values,
      'exiftool',
    );
    await this.recompute(ctx, assetId);
  }

  /** Keywords found in the file. */
  keywords(embedded: Record<string, unknown>): string[] {
    return mapKeywords(embedded, KEYWORD_TAGS);
  }

  async addTags(ctx: Ctx, assetIds: readonly string[], tags: readonly string[], source: Source = 'person'): Promise<void> {
    await this.repository.addTags(ctx, assetIds, terms(tags), source);
  }

  async removeTags(ctx: Ctx, assetIds: readonly string[], tags: readonly string[]): Promise<void> {
    await this.repository.removeTags(
      ctx,
      assetIds,
      terms(tags).map((term) => term.key),
    );
  }

  /** Makes the asset's tags exactly these. */
  async setTags(ctx: Ctx, assetId: string, tags: readonly string[]): Promise<void> {
    const wanted = terms(tags);
    const present = terms((await this.repository.tagsOf(ctx, [assetId])).get(assetId) ?? []);
    const keep = new Set(wanted.map((term) => term.key));
    await this.repository.removeTags(
      ctx,
      [assetId],
      present.filter((term) => !keep.has(term.key)).map((term) => term.key),
    );
    await this.repository.addTags(ctx, [assetId], wanted, 'person');
  }

  tagsOf(ctx: Ctx, assetIds: readonly string[]): Promise<Map<string, string[]>> {
    return this.repository.tagsOf(ctx, assetIds);
  }

  suggestTags(ctx: Ctx, text: string, folders: readonly string[] | null, limit: number): Promise<{ tag: string; count: number }[]> {
    const escaped = tagKey(text).replace(/[\\%_]/g, '\\$&');
    return this.repository.suggestTags(ctx, `%${escaped}%`, folders, limit);
  }

  private async recompute(ctx: Ctx, assetId: string): Promise<void> {
    const fields = await this.fields(ctx);
    const byField = new Map<string, ValueRow[]>();
    for (const row of await this.repository.currentValues(ctx, assetId))
      byField.set(row.fieldId, [...(byField.get(row.fieldId) ?? []), row]);
    const metadata: Record<string, { value: FieldValue; source: Source; at: string }> = {};
    for (const field of fields) {
      const best = effective(byField.get(field.id) ?? []);
      const value = best === null ? null : read(best);
      if (best !== null && value !== null) metadata[field.key] = { value, source: best.source, at: best.at.toISOString() };
    }
    const text = (key: string): string | null => (metadata[key] === undefined ? null : String(metadata[key].value));
    await this.repository.storeEffective(ctx, assetId, {
      metadata,
      title: text('title'),
      description: text('description'),
      takenAt: text('taken'),
    });
  }
}

function read(row: ValueRow): FieldValue | null {
  return row.text ?? row.number ?? row.boolean ?? row.list ?? row.time?.toISOString() ?? null;
}

/** Tags are compared without case and with single spaces; the first spelling is what people see. */
export function tagKey(tag: string): string {
  return tag.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function terms(tags: readonly string[]): { key: string; label: string }[] {
  const out = new Map<string, string>();
  for (const tag of tags) {
    const label = tag.normalize('NFC').replaceAll('\u0000', '').toWellFormed().trim().replace(/\s+/g, ' ');
    if (label !== '' && !out.has(tagKey(label))) out.set(tagKey(label), label);
  }
  return [...out].map(([key, label]) => ({ key, label }));
}

function coerce(field: FieldRow, value: FieldValue): FieldValue {
  const wrong = (expected: string) => unprocessable({ detail: `"${field.key}" takes ${expected}.`, extra: { field: field.key, expected } });
  const expected: Record<FieldType, () => FieldValue> = {
    text: () => {
      if (Array.isArray(value)) throw wrong('a text');
      return String(value);
    },
    number: () => {
      const parsed = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
      if (!Number.isFinite(parsed)) throw wrong('a number');
      return parsed;
    },
    boolean: () => {
      if (typeof value !== 'boolean') throw wrong('true or false');
      return value;
    },
    time: () => {
      const parsed = typeof value === 'string' ? new Date(value) : null;
      if (!parsed || Number.isNaN(parsed.getTime())) throw wrong('a time (RFC 3339)');
      return parsed.toISOString();
    },
    list: () =>
      Array.isArray(value)
        ? value
        : String(value)
            .split(',')
            .map((item) => item.trim())
            .filter(Boolean),
  };
  return expected[field.type]();
}
