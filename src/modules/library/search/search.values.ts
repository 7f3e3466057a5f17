/** Numbers, sizes, durations and dates of the query language, and ranges of them. Pure; null = cannot be read. */

export interface Bounds {
  readonly gte?: number;
  readonly gt?: number;
  readonly lte?: number;
  readonly lt?: number;
}

export type Unit = 'number' | 'bytes' | 'seconds' | 'time';

/** What a written value covers: a number covers itself, `2026-03` the whole month. `end` is exclusive; null for a point. */
interface Span {
  readonly start: number;
  readonly end: number | null;
}

const FACTORS: Readonly<Record<'number' | 'bytes' | 'seconds', Readonly<Record<string, number>>>> = {
  number: { '': 1 },
  bytes: { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 },
  seconds: { '': 1, s: 1, m: 60, min: 60, h: 3600 },
};
const OPERATORS = ['>=', '<=', '>', '<', '='] as const;

/** Reads `800`, `>=800`, `800..1600`, `..1600`, `5mb`, `2026-01..2026-03`, `>2026`. Both ends of `..` belong to the range. */
export function readRange(text: string, unit: Unit): Bounds | null {
  const trimmed = text.trim().replace(/^"(.*)"$/u, '$1');
  const dots = trimmed.indexOf('..');
  if (dots >= 0) return between(trimmed.slice(0, dots), trimmed.slice(dots + 2), unit);
  const operator = OPERATORS.find((sign) => trimmed.startsWith(sign));
  const span = readSpan(trimmed.slice(operator?.length ?? 0), unit);
  if (!span) return null;
  const { start, end } = span;
  if (operator === '>=') return { gte: start };
  if (operator === '<') return { lt: start };
  if (operator === '>') return end === null ? { gt: start } : { gte: end };
  if (operator === '<=') return end === null ? { lte: start } : { lt: end };
  return end === null ? { gte: start, lte: start } : { gte: start, lt: end };
}

function between(from: string, to: string, unit: Unit): Bounds | null {
  const low = from === '' ? null : readSpan(from, unit);
  const high = to === '' ? null : readSpan(to, unit);
  if ((from !== '' && !low) || (to !== '' && !high) || (!low && !high)) return null;
  return {
    ...(low && { gte: low.start }),
    ...(high && (high.end === null ? { lte: high.start } : { lt: high.end })),
  };
}

function readSpan(text: string, unit: Unit): Span | null {
  if (unit === 'time') return readTime(text.trim());
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s?([a-z]{0,3})$/u.exec(text.trim().toLowerCase());
  const factors = FACTORS[unit];
  const suffix = match?.[2] ?? '';
  if (!match || !Object.hasOwn(factors, suffix)) return null;
  return { start: Number(match[1]) * (factors[suffix] ?? 1), end: null };
}

/** Milliseconds since 1970, UTC. */
function readTime(text: string): Span | null {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/u.exec(text);
  if (match) return readCalendar(Number(match[1]), match[2], match[3]);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/u.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : { start: at, end: null };
}

function readCalendar(year: number, monthText: string | undefined, dayText: string | undefined): Span | null {
  const month = monthText === undefined ? 1 : Number(monthText);
  const day = dayText === undefined ? 1 : Number(dayText);
  const start = utc(year, month, day);
  const date = new Date(start);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  if (dayText !== undefined) return { start, end: utc(year, month, day + 1) };
  return { start, end: monthText === undefined ? utc(year + 1, 1, 1) : utc(year, month + 1, 1) };
}

/** `Date.UTC` reads years below 100 as 19xx. */
function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}
