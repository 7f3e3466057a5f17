import { Secret } from './secret.ts';

/**
 * One environment variable: how it is read, what it means, what it is when absent. The same declaration
 * checks the start and makes `docs/configuration.md`.
 */

export interface Variable<T> {
  readonly name: string;
  readonly group: string;
  readonly doc: string;
  /** For people: `integer`, `on | off`, `size`. */
  readonly type: string;
  /** For people; `null` = none. */
  readonly defaultText: string | null;
  readonly secret: boolean;
  readonly fallback: T;
  /** The value, or what was expected instead. */
  parse(raw: string): { value: T } | { expected: string };
}

interface Words<T> {
  readonly group: string;
  readonly doc: string;
  readonly default: T;
  /** Shown instead of the default, e.g. `one per core`. */
  readonly defaultText?: string;
}

const DAY_MS = 86_400_000;

type Parse<T> = Variable<T>['parse'];

function make<T>(name: string, words: Words<T>, type: string, parse: Parse<T>, secret = false): Variable<T> {
  const shown = words.default === null || words.default === undefined ? null : String(words.default);
  const defaultText = words.defaultText ?? (shown === '' ? null : shown);
  return { name, group: words.group, doc: words.doc, type, defaultText, secret, fallback: words.default, parse };
}

/** Any text that matches `pattern`. */
export function text<T extends string | null>(
  name: string,
  words: Words<T>,
  pattern = /^[^\0\r\n]+$/,
  expected = 'a text without line breaks',
) {
  return make<T | string>(name, words, 'text', (raw) => (pattern.test(raw) ? { value: raw } : { expected }));
}

/** A whole number from `min` to `max`. */
export function integer<T extends number | null>(name: string, words: Words<T>, min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const expected = max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
  return make<T | number>(name, words, 'integer', (raw) => {
    const value = /^\d{1,16}$/.test(raw) ? Number(raw) : Number.NaN;
    return value >= min && value <= max ? { value } : { expected };
  });
}

/** A time limit in ms: 0 = none, else from `min` (what is meant in seconds is refused) to a day. */
export function limitMs(name: string, words: Words<number>, min: number) {
  return make<number>(name, words, 'ms', (raw) => {
    const value = /^\d{1,8}$/.test(raw) ? Number(raw) : Number.NaN;
    const ok = value === 0 || (value >= min && value <= DAY_MS);
    return ok ? { value } : { expected: `milliseconds: 0 for none, or a whole number from ${min} to ${DAY_MS}` };
  });
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes, plain or with a unit: `20GiB`, `500 MB`, `1048576`. */
export function size<T extends number | null>(name: string, words: Words<T>, min = 0) {
  return make<T | number>(name, words, 'size', (raw) => {
    const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,3})?)\s*([a-z]*)$/i.exec(raw.trim()) ?? [];
    const factor = unit === undefined ? undefined : UNITS[unit.toLowerCase()];
    const value = digits === undefined || factor === undefined ? Number.NaN : Math.round(Number(digits) * factor);
    if (Number.isSafeInteger(value) && value >= min) return { value };
    return { expected: `a size of at least ${min} bytes, such as 1048576, 500MB or 20GiB` };
  });
}

/** One of a few words. */
export function choice<const C extends readonly string[]>(name: string, choices: C, words: Words<C[number]>) {
  return make<C[number]>(name, words, choices.join(' | '), (raw) => {
    const value = choices.find((one) => one === raw.toLowerCase());
    return value === undefined ? { expected: `one of ${choices.join(', ')}` } : { value };
  });
}

/** `on` or `off` (also true, false, 1, 0, yes, no). */
export function flag(name: string, words: Words<boolean>) {
  const shown = { ...words, defaultText: words.default ? 'on' : 'off' };
  return make<boolean>(name, shown, 'on | off', (raw) => {
    if (/^(on|true|1|yes)$/i.test(raw)) return { value: true };
    return /^(off|false|0|no)$/i.test(raw) ? { value: false } : { expected: 'on or off' };
  });
}

/** Words separated by commas; every one must be among `allowed` when that is given. */
export function list<const C extends string>(name: string, allowed: readonly C[], words: Words<readonly C[]>) {
  return make<readonly C[]>(name, words, `list of ${allowed.join(', ')}`, (raw) => {
    const parts = splitList(raw);
    const known = allowed.filter((one) => parts.includes(one));
    const ok = known.length > 0 && parts.every((part) => allowed.some((one) => one === part));
    return ok ? { value: known } : { expected: `one or more of ${allowed.join(', ')}, separated by commas` };
  });
}

/** Origins such as `https://app.example.org`, separated by commas. */
export function origins(name: string, words: Words<readonly string[]>) {
  return make<readonly string[]>(name, words, 'list of origins', (raw) => {
    const parts = splitList(raw).map((part) => part.replace(/\/$/, ''));
    const ok = parts.every((part) => webUrl(part)?.origin === part);
    return ok ? { value: parts } : { expected: 'origins like https://app.example.org, separated by commas' };
  });
}

/** An absolute http(s) address without query; the trailing slash is dropped. */
export function httpUrl<T extends string | null>(name: string, words: Words<T>) {
  return make<T | string>(name, words, 'URL', (raw) => {
    const url = webUrl(raw);
    const ok = url !== null && url.username === '' && url.search === '' && url.hash === '' && url.pathname === '/';
    return ok ? { value: url.origin } : { expected: 'an address like https://dam.example.org, without path, query or user' };
  });
}

/** A password, token or connection string; never shown. `rule` returns what is expected, or null when it is fine. */
export function secret(name: string, words: Words<null>, rule: (raw: string) => string | null) {
  const parse: Parse<Secret | null> = (raw) => {
    const expected = rule(raw);
    return expected === null ? { value: new Secret(raw) } : { expected };
  };
  return make<Secret | null>(name, words, 'secret', parse, true);
}

function splitList(raw: string): string[] {
  return raw
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function webUrl(raw: string): URL | null {
  const url = URL.canParse(raw) ? new URL(raw) : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
}
