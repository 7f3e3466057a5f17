/** The fields of the query language, their other names and their closed sets of values. Pure. */

/** Other spellings of field names. */
const FIELD_ALIASES: Readonly<Record<string, string>> = {
  tag: 'tags',
  color: 'colour',
  colours: 'colour',
  colors: 'colour',
  format: 'type',
  size: 'bytes',
  path: 'folder',
};

/** Facet fields: `field:a,b`. */
const FACET_FIELDS = [
  'kind',
  'type',
  'tags',
  'folder',
  'camera',
  'colour',
  'orientation',
  'year',
  'missing',
  'status',
  'published',
] as const;
export type FacetField = (typeof FACET_FIELDS)[number];

const RANGE_UNITS = {
  width: 'number',
  height: 'number',
  megapixels: 'number',
  bytes: 'bytes',
  duration: 'seconds',
  created: 'time',
  updated: 'time',
  taken: 'time',
  year: 'number',
} as const;
export type RangeName = keyof typeof RANGE_UNITS;

/** Fields whose values are known; anything else is an error, not an empty answer. */
const CLOSED: Readonly<Partial<Record<FacetField, readonly string[]>>> = {
  kind: ['image', 'video', 'audio', 'document', 'other'],
  colour: ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink', 'brown', 'black', 'grey', 'white'],
  orientation: ['landscape', 'portrait', 'square'],
  status: ['processing', 'ready', 'failed', 'quarantined'],
  published: ['true', 'false'],
  missing: ['title', 'description', 'tags', 'licence', 'copyright', 'creator', 'alt'],
};

const VALUE_ALIASES: Readonly<Record<string, string>> = {
  license: 'licence',
  gray: 'grey',
  color: 'colour',
  yes: 'true',
  no: 'false',
};

/** File extensions people write, to the media types that stand for them in documents. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  png: ['image/png', 'image/apng'],
  webp: ['image/webp'],
  avif: ['image/avif'],
  gif: ['image/gif'],
  tif: ['image/tiff'],
  tiff: ['image/tiff'],
  svg: ['image/svg+xml'],
  heic: ['image/heic', 'image/heif'],
  heif: ['image/heif', 'image/heic'],
  psd: ['image/vnd.adobe.photoshop'],
  pdf: ['application/pdf'],
  ai: ['application/illustrator', 'application/vnd.adobe.illustrator', 'application/postscript'],
  eps: ['application/postscript', 'application/eps'],
  mp4: ['video/mp4'],
  m4v: ['video/x-m4v', 'video/mp4'],
  mov: ['video/quicktime'],
  webm: ['video/webm', 'audio/webm'],
  avi: ['video/x-msvideo', 'video/avi', 'video/vnd.avi'],
  mkv: ['video/x-matroska', 'video/matroska'],
  mp3: ['audio/mpeg', 'audio/mp3'],
  m4a: ['audio/mp4', 'audio/x-m4a'],
  wav: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  flac: ['audio/flac', 'audio/x-flac'],
  ogg: ['audio/ogg', 'video/ogg'],
  txt: ['text/plain'],
  csv: ['text/csv'],
  zip: ['application/zip', 'application/x-zip-compressed'],
  docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  pptx: ['application/vnd.openxmlformats-officedocument.presentationml.presentation'],
};

/** The field's canonical name (which may be unknown). */
export function fieldName(written: string): string {
  const name = written.toLowerCase();
  return Object.hasOwn(FIELD_ALIASES, name) ? (FIELD_ALIASES[name] ?? name) : name;
}

export function isFacetField(name: string): name is FacetField {
  return FACET_FIELDS.some((field) => field === name);
}

export function isRangeField(name: string): name is RangeName {
  return Object.hasOwn(RANGE_UNITS, name);
}

export function unitOf(field: RangeName): (typeof RANGE_UNITS)[RangeName] {
  return RANGE_UNITS[field];
}

/** All field names a person may write, for error messages. */
export function knownFields(): string[] {
  return [...new Set<string>([...FACET_FIELDS, ...Object.keys(RANGE_UNITS)])];
}

/** The values the field may have, or null when any text is one. */
export function allowedValues(field: FacetField): readonly string[] | null {
  return CLOSED[field] ?? null;
}

/** The values in documents that a written value stands for. */
export function meantValues(field: FacetField, written: string): readonly string[] {
  const lower = written.toLowerCase();
  if (field === 'type') return Object.hasOwn(TYPES, lower) ? (TYPES[lower] ?? []) : [lower];
  if (!CLOSED[field]) return [written];
  return [Object.hasOwn(VALUE_ALIASES, lower) ? (VALUE_ALIASES[lower] ?? lower) : lower];
}
