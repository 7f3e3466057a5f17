import type { Filter } from '../search.ts';
import type { TextQuery, TextTerm } from '../terms.ts';
import { facetValue, placeOf } from './row.ts';
import { FACET_ATTRIBUTES } from './settings.ts';

/** Filter trees as Meilisearch expressions. Values are quoted by one function. Pure. */

/**
 * A value between quotes. Quotes, backslashes and control characters are written by number, since the parser's own escapes cannot be trusted: it skips
 * what follows a backslash, then replaces `\"`, then unescapes once more, so a value like `\" OR …` could end its own quotes.
 */
export function quote(value: string): string {
  return `"${value.replace(/["'\\\p{Cc}\p{Cs}]/gu, (sign) => (/\p{Cs}/u.test(sign) ? '\uFFFD' : `\\u{${sign.charCodeAt(0).toString(16)}}`))}"`;
}

export function isAnyOf(attribute: string, values: readonly string[]): string {
  return `${attribute} IN [${values.map(quote).join(', ')}]`;
}

/** All of these; null when there are none. */
export function allOf(parts: readonly (string | null)[]): string | null {
  const some = parts.filter((part) => part !== null);
  return some.length === 0 ? null : some.map((part) => `(${part})`).join(' AND ');
}

export function filterOf(filter: Filter): string {
  switch (filter.op) {
    case 'any':
      return isAnyOf(FACET_ATTRIBUTES[filter.field], filter.values.map(facetValue));
    case 'not':
      return `NOT (${filterOf(filter.filter)})`;
    case 'and':
      // Nothing to hold is held by everything.
      return allOf(filter.filters.map(filterOf)) ?? 'id EXISTS';
    case 'range': {
      const bounds = [
        ['>=', filter.gte],
        ['>', filter.gt],
        ['<=', filter.lte],
        ['<', filter.lt],
      ] as const;
      const given = bounds.flatMap(([sign, bound]) => (bound === undefined ? [] : [compare(filter.field, sign, bound)]));
      return allOf(given) ?? `${filter.field} EXISTS`;
    }
  }
}

function compare(attribute: string, sign: '>=' | '>' | '<=' | '<', bound: number): string {
  if (Number.isFinite(bound)) return `${attribute} ${sign} ${quote(String(bound))}`;
  const holds = bound > 0 ? sign.startsWith('<') : sign.startsWith('>');
  return holds ? `${attribute} EXISTS` : isAnyOf('id', []);
}

/** A condition as the API takes it: all of these hold; of an inner list any one does. */
export type Condition = (string | string[])[];

/**
 * Values of one `IN`. The parser of 1.50 needs time in the square of an expression's length, so a thousand folders in one expression take longer than the
 * search itself; in pieces of this size, each an expression of its own, a third of it.
 */
const PIECE = 100;

/** Documents the actor may see; tombstones are never among them. */
export function visibleFilter(visibleFolders: readonly string[] | null): Condition {
  if (visibleFolders === null) return ['deleted = false'];
  const places = visibleFolders.map(placeOf);
  const pieces: string[] = [];
  for (let at = 0; at === 0 || at < places.length; at += PIECE) pieces.push(isAnyOf('place', places.slice(at, at + PIECE)));
  return ['deleted = false', pieces];
}

/** Documents that have the words of a term; whether they stand side by side is for `q` to say. */
export function termFilter(term: TextTerm): string {
  const last = term.words.length - 1;
  const parts = term.words.map((word, at) => (term.prefix && at === last ? `words STARTS WITH ${quote(word)}` : `words = ${quote(word)}`));
  return allOf(parts) ?? 'id EXISTS';
}

/** @param readAs words that terms are read as instead */
export function textFilter(text: TextQuery, readAs: ReadonlyMap<TextTerm, readonly string[]>): string | null {
  const wanted = text.terms.map((term) => {
    const words = readAs.get(term);
    return words ? isAnyOf('words', words) : termFilter(term);
  });
  // Excluded phrases are taken out by `q`: here they would take out documents that have their words apart.
  const unwanted = text.without.filter(({ words }) => words.length === 1).map((term) => `NOT (${termFilter(term)})`);
  return allOf([...wanted, ...unwanted]);
}
