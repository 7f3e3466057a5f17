import type { DefaultField, FieldType } from './metadata.fields.ts';

/** From raw ExifTool tags to typed values: pure, and forgiving, because cameras write anything. */

export type FieldValue = string | number | boolean | string[];

const MAX_TEXT = 10_000;
const MAX_ITEMS = 200;

/** The values of the given fields that the file's tags hold. Times come out as RFC 3339. */
export function mapEmbedded(embedded: Record<string, unknown>, fields: readonly DefaultField[]): Record<string, FieldValue> {
  const out: Record<string, FieldValue> = {};
  for (const field of fields) {
    for (const tag of field.tags) {
      const value = convert(embedded[tag], field.type, tag, embedded);
      if (value !== null) {
        out[field.key] = value;
        break;
      }
    }
  }
  return out;
}

/** Keywords of all the places they stand in, trimmed, without doubles (compared without case), in order. */
export function mapKeywords(embedded: Record<string, unknown>, tags: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const tag of tags) {
    for (const item of asList(embedded[tag])) {
      for (const word of tag.startsWith('PDF:') || tag.startsWith('IFD0:') ? item.split(/[,;]/) : [item]) {
        const clean = word.trim().slice(0, 100);
        if (clean !== '' && !seen.has(clean.toLowerCase())) seen.set(clean.toLowerCase(), clean);
      }
    }
  }
  return [...seen.values()].slice(0, MAX_ITEMS);
}

function convert(raw: unknown, type: FieldType, tag: string, embedded: Record<string, unknown>): FieldValue | null {
  if (raw === undefined || raw === null || raw === '') return null;
  switch (type) {
    case 'text':
      return text(raw);
    case 'number':
      return number(raw, tag, embedded);
    case 'boolean':
      return typeof raw === 'boolean' ? raw : null;
    case 'time':
      return time(raw, embedded, tag);
    case 'list': {
      const items = asList(raw);
      return items.length === 0 ? null : items;
    }
  }
}

function asList(raw: unknown): string[] {
  const items = Array.isArray(raw) ? raw : [raw];
  return items
    .map(text)
    .filter((item): item is string => item !== null)
    .slice(0, MAX_ITEMS);
}

function text(raw: unknown): string | null {
  if (Array.isArray(raw)) return text(raw.map(text).filter(Boolean).join(', '));
  if (typeof raw === 'object' && raw !== null) {
    // Language alternatives come as { 'x-default': … } with -struct.
    const first = Object.values(raw).find((value) => typeof value === 'string');
    return first === undefined ? null : text(first);
  }
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean') return null;
  const clean = String(raw).replaceAll('\u0000', '').toWellFormed().trim();
  return clean === '' ? null : clean.slice(0, MAX_TEXT);
}

function number(raw: unknown, tag: string, embedded: Record<string, unknown>): number | null {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
  const value = text(raw);
  if (value === null) return null;
  if (/GPS(Latitude|Longitude)$/.test(tag)) return degrees(value, text(embedded[`${tag}Ref`]));
  const fraction = /^(-?\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(value);
  if (fraction) return Number(fraction[2]) === 0 ? null : Number(fraction[1]) / Number(fraction[2]);
  const match = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/i.exec(value);
  if (!match) return null;
  const parsed = Number(match[0]);
  if (!Number.isFinite(parsed)) return null;
  return /below sea level/i.test(value) ? -parsed : parsed;
}

/** `43 deg 28' 2.81" N` -> 43.467447 */
function degrees(value: string, ref: string | null): number | null {
  const parts = /^(-?\d+(?:\.\d+)?)(?:\s*deg\s*(\d+(?:\.\d+)?)'\s*(\d+(?:\.\d+)?)")?\s*([NSEW])?/i.exec(value);
  if (!parts) return null;
  const size = Math.abs(Number(parts[1])) + Number(parts[2] ?? 0) / 60 + Number(parts[3] ?? 0) / 3600;
  const negative = value.startsWith('-') || /^[SW]/i.test(parts[4] ?? ref ?? '');
  const limit = 180;
  if (!Number.isFinite(size) || size > limit) return null;
  return Math.round((negative ? -size : size) * 1e7) / 1e7;
}

/**
 * `2009:03:14 13:59:26` (EXIF), with an optional offset. Without one, EXIF's own offset tag is used, else UTC is assumed:
 * cameras without a time zone cannot be read better.
 */
function time(raw: unknown, embedded: Record<string, unknown>, tag: string): string | null {
  const value = text(raw);
  if (value === null) return null;
  const parts = /^(\d{4})[:-](\d{2})[:-](\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?/.exec(value);
  if (!parts) return null;
  const offset =
    parts[7] ?? (tag.startsWith('ExifIFD:') ? text(embedded['ExifIFD:OffsetTimeOriginal'] ?? embedded['ExifIFD:OffsetTime']) : null) ?? 'Z';
  const zone = /^(Z|[+-]\d{2}:?\d{2})$/.test(offset) ? offset.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2') : 'Z';
  const date = new Date(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4] ?? '00'}:${parts[5] ?? '00'}:${parts[6] ?? '00'}${zone}`);
  const year = date.getUTCFullYear();
  return Number.isNaN(date.getTime()) || year < 1826 || year > 2200 || parts[2] === '00' ? null : date.toISOString();
}
