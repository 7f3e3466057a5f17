import { type Facet, type Filter, MULTI_VALUED, type SearchQuery } from '../search.ts';
import type { ColumnStore } from './column-store.ts';
import type { Mask } from './columns.ts';

/** Filters and facets over the column store. Masks hold one byte a row. */

export interface Evaluated {
  /** Rows that match everything. */
  readonly mask: Mask;
  readonly count: number;
  readonly facets: Map<Facet, Map<string, number>>;
}

/**
 * Applies permission filter and filters to the candidates and counts the facets.
 *
 * A facet leaves out the `any` filter on its own field when the query has exactly one (at the top): that filter is a choice
 * of several values, and the counts say what each further value would add. Two or more on one field (all of these tags) narrow, so they
 * stay, and so does a single tag: the next one is added with "and". Exclusions and all other filters always stay.
 * @param candidates rows that the text matches; is written to
 */
export function evaluate(
  store: ColumnStore,
  candidates: Mask,
  query: Pick<SearchQuery, 'filter' | 'visibleFolders' | 'facets'>,
): Evaluated {
  const { rows } = store;
  const base = candidates;
  for (let row = 0; row < rows; row += 1) base[row] = (base[row] ?? 0) & (store.alive[row] ?? 0);
  if (query.visibleFolders !== null) store.folder.keepAny(base, rows, query.visibleFolders);

  const { own, rest } = split(query.filter, query.facets);
  for (const filter of rest) keep(store, base, filter);
  if (own.size === 0) return { mask: base, count: countRows(base, rows), facets: countFacets(store, query.facets, () => base) };

  const passes = new Map<Facet, Mask>();
  for (const [field, filter] of own) {
    const mask = base.slice(0, rows);
    keep(store, mask, filter);
    passes.set(field, mask);
  }
  const without = (left: Facet | null): Mask => {
    const mask = base.slice(0, rows);
    for (const [field, pass] of passes) if (field !== left) intersect(mask, pass, rows);
    return mask;
  };
  const mask = without(null);
  const facets = countFacets(store, query.facets, (facet) => (passes.has(facet) ? without(facet) : mask));
  return { mask, count: countRows(mask, rows), facets };
}

/** Filters that belong to exactly one asked facet alone, and all others. */
function split(filter: Filter | null, facets: readonly Facet[]): { own: Map<Facet, Filter>; rest: Filter[] } {
  const top = conjuncts(filter);
  const own = new Map<Facet, Filter>();
  for (const facet of facets) {
    const [first, ...more] = top.filter((part) => part.op === 'any' && part.field === facet);
    if (first?.op === 'any' && more.length === 0 && isChoice(first)) own.set(facet, first);
  }
  const taken = new Set(own.values());
  return { own, rest: top.filter((part) => !taken.has(part)) };
}

/** One more value of a field that holds several narrows (`tags=a&tags=b`), unless a choice was begun (`tags=a,b`). */
function isChoice({ field, values }: Extract<Filter, { op: 'any' }>): boolean {
  return values.length !== 1 || !MULTI_VALUED.has(field);
}

function conjuncts(filter: Filter | null): Filter[] {
  if (filter === null) return [];
  return filter.op === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

/** Takes rows out of the mask that the filter does not let through. */
function keep(store: ColumnStore, mask: Mask, filter: Filter): void {
  const { rows } = store;
  if (filter.op === 'and') {
    for (const part of filter.filters) keep(store, mask, part);
  } else if (filter.op === 'any') store.facets[filter.field].keepAny(mask, rows, filter.values);
  else if (filter.op === 'not') {
    const passed = mask.slice(0, rows);
    keep(store, passed, filter.filter);
    for (let row = 0; row < rows; row += 1) mask[row] = (mask[row] ?? 0) & ~(passed[row] ?? 0);
  } else if (filter.field === 'year') {
    const { gte = -Infinity, gt = -Infinity, lte = Infinity, lt = Infinity } = filter;
    const table = Uint8Array.from(store.year.dictionary.values(), (value, code) => {
      const year = Number(value);
      return code > 0 && year >= gte && year > gt && year <= lte && year < lt ? 1 : 0;
    });
    store.year.keepTable(mask, rows, table);
  } else store.numbers[filter.field].keepRange(mask, rows, filter);
}

function countFacets(store: ColumnStore, facets: readonly Facet[], maskOf: (facet: Facet) => Mask): Evaluated['facets'] {
  return new Map(facets.map((facet) => [facet, store.facets[facet].count(maskOf(facet), store.rows)]));
}

function intersect(mask: Mask, other: Mask, rows: number): void {
  for (let row = 0; row < rows; row += 1) mask[row] = (mask[row] ?? 0) & (other[row] ?? 0);
}

function countRows(mask: Mask, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row += 1) count += mask[row] ?? 0;
  return count;
}
