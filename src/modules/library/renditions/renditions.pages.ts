import { badParameter, TransformationError, unsupported } from './renditions.problem.ts';

/** Which pages or layers are meant (`pg`): one by its number, or, in a PSD, several. Pure. */

/** Several layers of a PSD. */
export type Selection =
  /** From 1 on, both ends included; null = to the last. */
  | { readonly by: 'number'; readonly ranges: readonly (readonly [from: number, to: number | null])[] }
  | { readonly by: 'name'; readonly names: readonly string[] };

const MAX_PAGE = 100_000;
const MAX_PARTS = 50;
const NAMED = /^name-("[^"]*"(?:_"[^"]*")*)$/;
const PART = /^([1-9]\d{0,5})(-([1-9]\d{0,5})?)?$/;

function rangeOf(part: string): readonly [number, number | null] | null {
  const found = PART.exec(part);
  if (!found) return null;
  const from = Number(found[1]);
  const to = found[2] === undefined ? from : found[3] === undefined ? null : Number(found[3]);
  return from <= MAX_PAGE && (to === null || (to >= from && to <= MAX_PAGE)) ? [from, to] : null;
}

/** `2`, or `1_3_5`, `2-4`, `4-`, `name-"a"_"b"`; null when it is none of them. */
export function parsePages(text: string): number | Selection | null {
  const names = NAMED.exec(text)?.[1];
  if (names !== undefined) {
    const all = [...names.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
    return all.length <= MAX_PARTS ? { by: 'name', names: all } : null;
  }
  const ranges = text.split('_').map(rangeOf);
  const known = ranges.filter((range) => range !== null);
  if (known.length !== ranges.length || known.length > MAX_PARTS) return null;
  const [only, ...others] = known;
  return only && others.length === 0 && only[0] === only[1] ? only[0] : { by: 'number', ranges: known };
}

/**
 * Pages of a PSD: 1 is the whole picture, 2 its lowest layer, and so on; ascending, each once.
 * @param names of the layers, the lowest first
 * @throws TransformationError EPARAM for a page or name that is not there, EUNSUPPORTED for a file whose layers were not read
 */
export function layersOf(wanted: number | Selection, names: readonly string[] | null): number[] {
  if (names === null) throw unsupported('pg of this file, whose layers were not read when it came,');
  const last = names.length + 1;
  const there = (page: number): number => {
    if (page <= last) return page;
    const has = `the file has ${names.length} layers, pages 2 to ${last}; page 1 is the whole picture`;
    throw new TransformationError('EPARAM', `pg-${page}: ${has}`, { parameter: 'pg', given: page, allowed: last });
  };
  if (typeof wanted === 'number') return [there(wanted)];
  const pages =
    wanted.by === 'number'
      ? wanted.ranges.flatMap(([from, to]) => {
          const end = there(to ?? Math.max(from, last));
          return Array.from({ length: end - there(from) + 1 }, (_, index) => from + index);
        })
      : wanted.names.flatMap((name) => {
          const found = names.flatMap((each, index) => (each === name ? [index + 2] : []));
          if (found.length === 0) throw badParameter('pg', `the file has no layer ${JSON.stringify(name.slice(0, 60))}`);
          return found;
        });
  return [...new Set(pages)].sort((a, b) => a - b);
}
