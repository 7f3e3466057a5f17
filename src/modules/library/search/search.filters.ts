import { invalidRequest } from '../../../errors.ts';
import { FACETS, type Facet, type Filter, MULTI_VALUED, SORTS, type SearchQuery, type SortField } from '../../../platform/search/search.ts';
import {
  allowedValues,
  type FacetField,
  fieldName,
  isFacetField,
  isRangeField,
  knownFields,
  meantValues,
  type RangeName,
  unitOf,
} from './search.fields.ts';
import { readList, readTerms, type Term } from './search.query.ts';
import { MAX_QUERY, MAX_TERMS, MAX_VALUE, MAX_VALUES, type SearchParams } from './search.schema.ts';
import { readRange } from './search.values.ts';

/** What the caller may see and what the folders named in the query are. */
export interface SearchScope {
  /** Ids of folders the actor may list; null = all of the workspace. */
  readonly visibleFolders: readonly string[] | null;
  /**
   * Every name of `folderNames(params)` to the ids of that folder and all below it; a name that is absent matches nothing.
   * Left out: names are taken as folder ids without what is below.
   */
  readonly folders?: ReadonlyMap<string, readonly string[]>;
}

const FACET_PARAMS = [
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
const RANGE_PARAMS = ['width', 'height', 'megapixels', 'bytes', 'duration', 'created', 'updated', 'taken'] as const;
const HAS_WORD = /[\p{L}\p{N}]/u;

/** The folders (paths or ids) a request names, in its parameter and inside `q`; the caller resolves them into `scope.folders`. */
export function folderNames(params: Partial<SearchParams>): string[] {
  const written = terms(params.q).filter((term) => term.kind === 'field' && fieldName(term.field) === 'folder');
  return [...new Set([...asArray(params.folder), ...written.map((term) => term.text)].flatMap(readList))];
}

/**
 * Reads checked query parameters into an engine query.
 * @throws invalid_request naming the parameter or field that cannot be read, or the cap that is passed
 */
export function toSearchQuery(params: SearchParams, scope: SearchScope): SearchQuery {
  const filters: Filter[] = [];
  for (const field of FACET_PARAMS) filters.push(...facetParam(field, asArray(params[field]), scope));
  for (const field of RANGE_PARAMS) if (params[field] !== undefined) filters.push(rangeFilter(field, params[field]));
  const found = terms(params.q);
  for (const term of found) if (term.kind === 'field') filters.push(termFilter(term, scope));
  const words = (kind: Term['kind'], negated: boolean) =>
    found.filter((term) => term.kind === kind && term.negated === negated && HAS_WORD.test(term.text)).map((term) => term.text);
  const query = { words: words('word', false), phrases: words('phrase', false) };
  return {
    ...query,
    notWords: [...words('word', true), ...words('phrase', true)],
    filter: filters.length === 0 ? null : { op: 'and', filters },
    visibleFolders: scope.visibleFolders,
    sort: readSort(params.sort, query.words.length + query.phrases.length > 0),
    limit: params.limit,
    cursor: params.cursor ?? null,
    facets: readFacets(params.facets),
    facetLimit: params.facetLimit,
  };
}

function terms(q: string | undefined): Term[] {
  if (q === undefined) return [];
  if (q.length > MAX_QUERY) throw tooMuch('characters in q', MAX_QUERY, q.length);
  const found = readTerms(q);
  if (found.length > MAX_TERMS) throw tooMuch('terms in q', MAX_TERMS, found.length);
  return found;
}

function termFilter(term: Term, scope: SearchScope): Filter {
  const field = fieldName(term.field);
  const filter = fieldFilter(field, term.text, scope);
  if (!filter) {
    const known = knownFields();
    throw invalidRequest({
      detail: `There is no field "${term.field}" to search in. Known fields: ${known.join(', ')}. Put quotes around text with a colon.`,
      extra: { field: term.field, known },
    });
  }
  return term.negated ? { op: 'not', filter } : filter;
}

function fieldFilter(field: string, text: string, scope: SearchScope): Filter | null {
  const range = isRangeField(field) && (field !== 'year' || /[<>=]|\.\./u.test(text));
  if (range) return rangeFilter(field, text);
  return isFacetField(field) ? anyOf(field, [text], scope) : null;
}

function facetParam(field: FacetField, written: readonly string[], scope: SearchScope): Filter[] {
  if (written.length === 0) return [];
  if (MULTI_VALUED.has(field)) return written.map((text) => anyOf(field, [text], scope));
  const [only] = written;
  if (field === 'year' && written.length === 1 && only !== undefined)
    return [fieldFilter(field, only, scope) ?? anyOf(field, written, scope)];
  return [anyOf(field, written, scope)];
}

function anyOf(field: FacetField, written: readonly string[], scope: SearchScope): Filter {
  const values = written.flatMap(readList);
  if (values.length === 0) throw unreadable(field, written.join(','), 'at least one value');
  if (values.length > MAX_VALUES) throw tooMuch(`values of ${field}`, MAX_VALUES, values.length);
  if (values.some((value) => value.length > MAX_VALUE)) throw tooMuch(`characters in a value of ${field}`, MAX_VALUE, MAX_VALUE + 1);
  if (field === 'folder') return { op: 'any', field, values: [...new Set(values.flatMap((name) => folderIds(name, scope)))] };
  const allowed = allowedValues(field);
  const meant = [...new Set(values.flatMap((value) => meantValues(field, value)))];
  const wrong = allowed
    ? meant.find((value) => !allowed.includes(value))
    : meant.find((value) => field === 'year' && !/^\d{1,4}$/u.test(value));
  if (wrong !== undefined) throw unreadable(field, wrong, allowed?.join(', ') ?? 'a year');
  return { op: 'any', field, values: meant };
}

function folderIds(name: string, scope: SearchScope): readonly string[] {
  return scope.folders ? (scope.folders.get(name) ?? []) : [name];
}

const EXAMPLES = {
  number: '800, >=800 or 800..1600',
  bytes: '500kb, <5mb or 1mb..10mb',
  seconds: '30, >=1m or 10..60',
  time: '2026, 2026-03, 2026-03-09, >=2026-03 or 2026-01..2026-03',
} as const;

function rangeFilter(field: RangeName, text: string): Filter {
  const unit = unitOf(field);
  const bounds = readRange(text, unit);
  if (!bounds) throw unreadable(field, text, EXAMPLES[unit]);
  return { op: 'range', field, ...bounds };
}

function readSort(written: string | undefined, hasWords: boolean): SearchQuery['sort'] {
  if (written === undefined) return { field: hasWords ? 'relevance' : 'created', descending: true };
  const descending = written.startsWith('-');
  const name = descending ? written.slice(1) : written;
  const field: SortField | undefined = SORTS.find((sort) => sort === name);
  if (!field) throw unreadable('sort', written, SORTS.join(', '));
  return { field, descending: descending || field === 'relevance' };
}

function readFacets(written: string | undefined): Facet[] {
  const names = new Set(readList(written ?? '').map(fieldName));
  return [...names].map((name) => {
    const facet = FACETS.find((known) => known === name);
    if (!facet) throw unreadable('facets', name, FACETS.join(', '));
    return facet;
  });
}

function asArray(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function unreadable(field: string, given: string, expected: string) {
  return invalidRequest({
    detail: `"${given.slice(0, 100)}" cannot be read as ${field}; expected ${expected}.`,
    extra: { field, given: given.slice(0, 100), expected },
  });
}

function tooMuch(what: string, allowed: number, given: number) {
  return invalidRequest({ detail: `Too many ${what}: at most ${allowed}.`, extra: { limit: what, given, allowed } });
}
