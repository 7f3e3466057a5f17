import { type Facet, type Filter, MULTI_VALUED } from './search.ts';

/** What every engine does with a filter tree in the same way. Pure. */

/** Filters that belong to exactly one asked facet alone (its counts leave them out), and all others. */
export function splitByFacet(filter: Filter | null, facets: readonly Facet[]): { own: Map<Facet, Filter>; rest: Filter[] } {
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
