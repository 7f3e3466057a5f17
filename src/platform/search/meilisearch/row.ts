import { createHash } from 'node:crypto';
import type { SearchDocument } from '../search.ts';
import { MAX_LEXEMES, nameKey, nameWords, wordsOf } from '../words.ts';

/** What is stored in Meilisearch for a document. Values that are absent are left out: they sort last and are in no range. */
export interface Row {
  readonly id: string;
  readonly version: number;
  /** A tombstone keeps the version, so that an older document never comes back. It has no other member. */
  readonly deleted: boolean;
  readonly [attribute: string]: unknown;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
/** Meilisearch keeps 479 bytes of a value to filter and count by. */
const MAX_VALUE_BYTES = 400;

export function toTombstone({ id, version }: { readonly id: string; readonly version: number }): Row {
  return { id, version, deleted: true };
}

export function toRow(document: SearchDocument): Row {
  const { id, version, folder, kind, mime, colours, orientation, year, status, published, missing } = document;
  const { width, height, megapixels, bytes, duration, camera, taken } = document;
  const text = textOf(document);
  return {
    ...{ id, version, deleted: false, folder, place: placeOf(folder), kind, mime, colours, year, status, published, missing, bytes },
    ...present({ orientation, width, height, megapixels, duration }),
    ...present({ camera: camera === null ? null : facetValue(camera), taken: taken === null ? null : Date.parse(taken) }),
    tags: distinct(document.tags).map(facetValue),
    created: Date.parse(document.created),
    updated: Date.parse(document.updated),
    nameKey: sortKey(document.name),
    ...text,
    words: wordList(Object.values(text).flat()),
  };
}

/** A folder as the permission filter names it, by the thousand: the 16 bytes of its id in 22 letters instead of 36. */
export function placeOf(folder: string): string {
  return UUID.test(folder) ? Buffer.from(folder.replaceAll('-', ''), 'hex').toString('base64url') : folder;
}

/** A value as it is filtered and counted: as it is, unless it is longer than Meilisearch can tell apart. */
export function facetValue(value: string): string {
  const folded = value.normalize('NFKD').toLowerCase();
  if (Buffer.byteLength(folded) <= MAX_VALUE_BYTES) return value;
  const start = Buffer.from(value.normalize('NFC'))
    .subarray(0, MAX_VALUE_BYTES / 2)
    .toString()
    .replace(/\uFFFD+$/u, '');
  return `${start}… ${createHash('sha256').update(folded).digest('hex').slice(0, 16)}`;
}

/** Order of names in letters that Meilisearch does not fold any further. */
function sortKey(name: string): string {
  return `n${Buffer.from(nameKey(name)).toString('hex')}`;
}

function textOf(document: SearchDocument): Record<'textA' | 'textB' | 'textC' | 'textD', string[]> {
  const names = (...texts: readonly (string | null)[]) => texts.flatMap((text) => (text === null ? [] : nameWords(text).map(joined)));
  const plain = (...texts: readonly (string | null)[]) => texts.flatMap((text) => (text === null ? [] : [joined(wordsOf(text))]));
  const filled = (texts: readonly string[]) => texts.filter((text) => text !== '');
  return {
    textA: filled(names(document.name, document.title, ...document.tags)),
    textB: filled([...plain(document.description), ...names(document.camera), ...plain(...document.people)]),
    textC: filled(names(document.lens, document.folderPath)),
    textD: filled(plain(document.text)),
  };
}

function joined(words: readonly string[]): string {
  return words.join(' ');
}

function wordList(texts: readonly string[]): string[] {
  const words = new Set<string>();
  for (const text of texts) for (const word of text.split(' ')) if (words.size < MAX_LEXEMES) words.add(word);
  return [...words];
}

/** Values that differ in case only are one; the first spelling stays. */
function distinct(values: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const value of values) {
    const key = value.normalize('NFKD').toLowerCase();
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

function present(values: Readonly<Record<string, string | number | null>>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
