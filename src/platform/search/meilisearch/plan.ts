import type { MultiSearchQuery, SearchResponse } from 'meilisearch';
import { splitByFacet } from '../filters.ts';
import type { Facet, Filter, SearchQuery, SearchResult } from '../search.ts';
import type { TextQuery, TextTerm } from '../terms.ts';
import { type Condition, filterOf, textFilter, visibleFilter } from './filter.ts';
import { afterFilter, type Order, type Position, RANK_OVERLAP, sortOf, writeCursor } from './order.ts';
import { qOf } from './q.ts';
import { FACET_ATTRIBUTES } from './settings.ts';

/** One search as the queries of one request, and their answers as one result. Pure. */

export type MeiliAnswer = Pick<SearchResponse<Record<string, unknown>>, 'hits' | 'facetDistribution'> & { readonly totalHits?: number };

export interface Plan {
  readonly query: SearchQuery;
  readonly order: Order;
  readonly after: Position | null;
  readonly queries: MultiSearchQuery[];
  /** Which answer holds the total and the counts of a facet. */
  readonly counted: { readonly total: number; readonly facets: ReadonlyMap<Facet, number> };
}

/** Totals are exact up to here (library-model, Indexes and growth). */
const MAX_EXACT = 10_000;
const DEFAULT_FACET_LIMIT = 50;

export interface PlanInput {
  readonly indexUid: string;
  readonly query: SearchQuery;
  readonly text: TextQuery;
  readonly readAs: ReadonlyMap<TextTerm, readonly string[]>;
  readonly order: Order;
  readonly after: Position | null;
}

/**
 * The first page is one query that also counts. A later page is cut off behind the cursor, so counting is a query of its own; and so is every facet
 * whose own choice is left out of its counts.
 */
export function planOf({ indexUid, query, text, readAs, order, after }: PlanInput): Plan {
  const q = qOf(text, readAs, order.by === 'rank');
  const common = { indexUid, ...(q === null ? {} : { q, matchingStrategy: 'all' as const }) };
  const { own, rest } = splitByFacet(query.filter, query.facets);
  const always: Condition = [...visibleFilter(query.visibleFolders), ...[textFilter(text, readAs) ?? []].flat()];
  const narrowed = (except: Facet | null, ...more: string[]): Condition => {
    const chosen: Filter[] = [...own].flatMap(([facet, filter]) => (facet === except ? [] : [filter]));
    return [...always, ...[...rest, ...chosen].map(filterOf), ...more];
  };

  const plain = query.facets.filter((facet) => !own.has(facet));
  const count = (facets: readonly Facet[]) => ({
    facets: facets.map((facet) => FACET_ATTRIBUTES[facet]),
    attributesToRetrieve: ['id'],
  });
  const sort = sortOf(order);
  const page = {
    ...common,
    ...(sort === undefined ? {} : { sort }),
    attributesToRetrieve: order.by === 'rank' ? ['id'] : ['id', order.attribute],
  };
  const total = after === null ? 0 : 1;
  const queries: MultiSearchQuery[] =
    after === null
      ? [
          {
            ...page,
            ...count(plain),
            attributesToRetrieve: page.attributesToRetrieve,
            filter: narrowed(null),
            page: 1,
            hitsPerPage: query.limit + 1,
          },
        ]
      : [
          pageAfter(page, narrowed, order, after, query.limit),
          { ...common, ...count(plain), filter: narrowed(null), page: 1, hitsPerPage: 0 },
        ];
  const facets = new Map<Facet, number>(plain.map((facet) => [facet, total]));
  for (const facet of own.keys()) {
    facets.set(facet, queries.length);
    queries.push({ ...common, ...count([facet]), filter: narrowed(facet), page: 1, hitsPerPage: 0 });
  }
  return { query, order, after, queries, counted: { total, facets } };
}

function pageAfter(
  page: MultiSearchQuery,
  narrowed: (except: Facet | null, ...more: string[]) => Condition,
  order: Order,
  after: Position,
  limit: number,
): MultiSearchQuery {
  if (order.by === 'attribute' && after.by === 'attribute')
    return { ...page, filter: narrowed(null, afterFilter(order, after)), limit: limit + 1 };
  const from = rankStart(after);
  const skipped = after.by === 'rank' ? after.offset - from : 0;
  return { ...page, filter: narrowed(null), offset: from, limit: skipped + limit + 1 };
}

function rankStart(after: Position): number {
  return after.by === 'rank' ? Math.max(0, after.offset - RANK_OVERLAP) : 0;
}

export function resultOf(plan: Plan, answers: readonly MeiliAnswer[], corrections: SearchResult['corrections']): SearchResult {
  const { query, order, after, counted } = plan;
  const { hits, offset } = fresh(answers[0]?.hits ?? [], after);
  const page = hits.slice(0, query.limit);
  const last = hits.length > query.limit ? page.at(-1) : undefined;
  const total = totalOf(plan, answers);
  return {
    ids: page.map(idOf),
    nextCursor: last === undefined ? null : writeCursor(query, positionOf(order, last, offset + page.length)),
    total: total > MAX_EXACT ? { value: MAX_EXACT, relation: 'gte' } : { value: total, relation: 'eq' },
    facets: Object.fromEntries(
      query.facets.map((facet) => {
        const counts = answers[counted.facets.get(facet) ?? 0]?.facetDistribution?.[FACET_ATTRIBUTES[facet]] ?? {};
        return [facet, listed(counts, query.facetLimit ?? DEFAULT_FACET_LIMIT)];
      }),
    ),
    corrections,
  };
}

export function totalOf({ counted }: Plan, answers: readonly MeiliAnswer[]): number {
  return answers[counted.total]?.totalHits ?? 0;
}

type Hit = Record<string, unknown>;

/** The hits behind the position, and how many come before them. Ranked ones go on behind the last one seen, if it is still near where it was. */
function fresh(hits: readonly Hit[], after: Position | null): { hits: readonly Hit[]; offset: number } {
  if (after?.by !== 'rank') return { hits, offset: 0 };
  const from = rankStart(after);
  const seen = hits.findIndex((hit) => idOf(hit) === after.id);
  const start = seen === -1 ? after.offset - from : seen + 1;
  return { hits: hits.slice(start), offset: from + start };
}

function positionOf(order: Order, hit: Hit, offset: number): Position {
  if (order.by === 'rank') return { by: 'rank', offset, id: idOf(hit) };
  const key = hit[order.attribute];
  return { by: 'attribute', key: typeof key === 'number' || typeof key === 'string' ? key : null, id: idOf(hit) };
}

function idOf(hit: Hit): string {
  return String(hit.id);
}

function listed(counts: Readonly<Record<string, number>>, limit: number): { value: string; count: number }[] {
  const values = Object.entries(counts).map(([value, count]) => ({ value, count }));
  values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return values.slice(0, limit);
}
