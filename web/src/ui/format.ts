/** Numbers, sizes and times as people read them, in the language of the app. */
let locale = 'en';
let cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

export function setFormatLocale(next: string): void {
  locale = next;
  cache = new Map();
}

function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  let found = cache.get(key);
  if (!found) {
    found = make();
    cache.set(key, found);
  }
  return found as T;
}

export const formatNumber = (value: number): string => cached('n', () => new Intl.NumberFormat(locale)).format(value);

export const formatPercent = (value: number): string =>
  cached('%', () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })).format(value);

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as disks and browsers count: 1 kB = 1000 B. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  const number = cached(`b${digits}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: digits })).format(value);
  return `${number} ${UNITS[unit]}`;
}

/** Seconds as m:ss or h:mm:ss. */
export function formatDuration(seconds: number): string {
  // What is there lasts at least a second: 0:00 would look like a broken file.
  const whole = seconds > 0 ? Math.max(1, Math.round(seconds)) : 0;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

export const formatDate = (iso: string): string =>
  cached('d', () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })).format(new Date(iso));

export const formatDateTime = (iso: string): string =>
  cached('dt', () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })).format(new Date(iso));

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** "3 hours ago"; the exact time belongs into the title of the element. */
export function formatRelative(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const relative = cached('r', () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return relative.format(Math.round(seconds / 60) || 0, 'minute');
}

export const formatPixels = (width: number, height: number): string => `${formatNumber(width)} × ${formatNumber(height)}`;

/** Types whose own name says nothing to people; the same in every language. */
const TYPES: Record<string, string> = {
  'image/jpeg': 'JPEG',
  'image/webp': 'WebP',
  'image/svg+xml': 'SVG',
  'image/tiff': 'TIFF',
  'image/vnd.adobe.photoshop': 'PSD',
  'video/quicktime': 'MOV',
  'video/x-matroska': 'MKV',
  'video/x-msvideo': 'AVI',
  'audio/mpeg': 'MP3',
  'text/plain': 'TXT',
  'text/markdown': 'MD',
  'application/postscript': 'EPS',
  'application/msword': 'DOC',
  'application/vnd.ms-excel': 'XLS',
  'application/vnd.ms-powerpoint': 'PPT',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PPTX',
  'application/vnd.oasis.opendocument.text': 'ODT',
  'application/vnd.oasis.opendocument.spreadsheet': 'ODS',
  'application/vnd.oasis.opendocument.presentation': 'ODP',
};

/** `image/jpeg` -> `JPEG`, else the end of the name. */
export function formatType(mime: string, name: string): string {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= 6 ? name.slice(dot + 1) : (mime.split('/')[1] ?? mime);
  return TYPES[mime] ?? end.toUpperCase();
}
