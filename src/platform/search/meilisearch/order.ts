import { decodeCursor, encodeCursor } from '../cursor.ts';
import { invalidCursor, type SearchQuery } from '../search.ts';
import { quote } from './filter.ts';
import { SORT_ATTRIBUTES } from './settings.ts';

/** The order of results and the page after a cursor. */

/** By an attribute and, among equals, by id: the next page begins after these values, whatever was added or removed before them. */
interface AttributeOrder {
  readonly by: 'attribute';
  readonly attribute: string;
  readonly descending: boolean;
}
/** As Meilisearch ranks: it tells no value that one could go on after, so the next page begins after so many. */
interface RankOrder {
  readonly by: 'rank';
}
export type Order = AttributeOrder | RankOrder;

export type Position =
  | { readonly by: 'attribute'; readonly key: number | string | null; readonly id: string }
  | { readonly by: 'rank'; readonly offset: number; readonly id: string };

/** Of these a document may have none; it then comes last in both directions. */
const OPTIONAL = new Set(['taken']);
/** Ranked results that are asked for again before a page, to find the place where the last one ended when some came or went. */
export const RANK_OVERLAP = 20;

/** @param hasWords whether the query has words or phrases to rank by */
export function orderOf({ sort }: SearchQuery, hasWords: boolean): Order {
  if (sort.field === 'relevance') return hasWords ? { by: 'rank' } : { by: 'attribute', attribute: 'created', descending: true };
  return { by: 'attribute', attribute: SORT_ATTRIBUTES[sort.field], descending: sort.descending };
}

/** For the parameter `sort`; undefined = as Meilisearch ranks. */
export function sortOf(order: Order): string[] | undefined {
  if (order.by === 'rank') return undefined;
  const direction = order.descending ? 'desc' : 'asc';
  return [`${order.attribute}:${direction}`, `id:${direction}`];
}

/** Documents that come after the position. */
export function afterFilter({ attribute, descending }: AttributeOrder, { key, id }: { key: number | string | null; id: string }): string {
  const sign = descending ? '<' : '>';
  const later = `id ${sign} ${quote(id)}`;
  if (key === null) return `${attribute} NOT EXISTS AND ${later}`;
  const at = quote(String(key));
  const unset = OPTIONAL.has(attribute) ? ` OR ${attribute} NOT EXISTS` : '';
  return `${attribute} ${sign} ${at} OR (${attribute} = ${at} AND ${later})${unset}`;
}

export function writeCursor(query: SearchQuery, position: Position): string {
  return encodeCursor(query, position.by === 'rank' ? ['rank', position.offset, position.id] : ['value', position.key, position.id]);
}

/** @throws invalid_cursor for anything that this query did not give out */
export function readCursor(query: SearchQuery, order: Order): Position | null {
  const position = decodeCursor(query);
  if (position === null) return null;
  const [by, key, id, ...more] = position;
  if (typeof id !== 'string' || more.length > 0) throw invalidCursor();
  if (order.by === 'rank') {
    if (by !== 'rank' || typeof key !== 'number' || !Number.isSafeInteger(key) || key < 0) throw invalidCursor();
    return { by: 'rank', offset: key, id };
  }
  if (by !== 'value' || (key !== null && typeof key !== 'string' && typeof key !== 'number')) throw invalidCursor();
  return { by: 'attribute', key, id };
}
