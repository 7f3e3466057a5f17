import type { SearchQuery } from '../search.ts';
import type { ColumnStore } from './column-store.ts';
import type { Mask } from './columns.ts';
import type { Position } from './cursor.ts';

/** The order of results and the page after a cursor. Equal values are ordered by `ord`, so the order is total and stable. */
export interface Order {
  readonly descending: boolean;
  /** Below 0 when row a comes before row b; never 0 for different rows. */
  compare(a: number, b: number): number;
  /** True when the row comes after the position. */
  isAfter(row: number, position: Position): boolean;
  positionOf(row: number): Position;
}

/** @param scores relevance by row, for the sort `relevance` of a query with words */
export function orderOf(store: ColumnStore, sort: SearchQuery['sort'], scores: Float32Array | null): Order {
  if (sort.field === 'name') return nameOrder(store, sort.descending);
  const { created } = store.numbers;
  if (sort.field !== 'relevance') return numberOrder([store.numbers[sort.field].values], sort.descending);
  return numberOrder(scores ? [scores, created.values] : [created.values], true);
}

type Numbers = Float64Array | Float32Array;

function numberOrder(columns: readonly Numbers[], descending: boolean): Order {
  const sign = descending ? -1 : 1;
  /** Rows without a value come last, in both directions. */
  const compareValues = (a: number, b: number): number => {
    if (a === b) return 0;
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
    if (Number.isNaN(b)) return -1;
    return a < b ? -sign : sign;
  };
  const value = (column: Numbers, row: number) => column[row] ?? Number.NaN;
  return {
    descending,
    compare: (a, b) => {
      for (const column of columns) {
        const order = compareValues(value(column, a), value(column, b));
        if (order !== 0) return order;
      }
      return (a - b) * sign;
    },
    isAfter: (row, { keys, ord }) => {
      for (const [index, column] of columns.entries()) {
        const key = keys[index];
        const order = compareValues(value(column, row), typeof key === 'number' ? key : Number.NaN);
        if (order !== 0) return order > 0;
      }
      return (row - ord) * sign > 0;
    },
    positionOf: (row) => ({
      keys: columns.map((column) => (Number.isNaN(value(column, row)) ? null : value(column, row))),
      ord: row,
    }),
  };
}

function nameOrder({ names }: ColumnStore, descending: boolean): Order {
  const sign = descending ? -1 : 1;
  return {
    descending,
    compare: (a, b) => (names.compare(a, b) || a - b) * sign,
    isAfter: (row, { keys, ord }) => {
      const [key] = keys;
      const order = names.key(row).compare(Buffer.from(typeof key === 'string' ? key : '', 'base64url'));
      return (order || row - ord) * sign > 0;
    },
    positionOf: (row) => ({ keys: [names.key(row).toString('base64url')], ord: row }),
  };
}

/**
 * The first `limit` rows of the mask in this order, after the position. One pass that keeps the best rows so far: its
 * cost does not depend on how deep the page is.
 */
export function pageOf(mask: Mask, rows: number, order: Order, after: Position | null, limit: number): number[] {
  const best: number[] = [];
  // Most orders follow the order of arrival more or less: begun at the right end, later rows are refused by the first comparison.
  const step = order.descending ? -1 : 1;
  for (let row = order.descending ? rows - 1 : 0; row >= 0 && row < rows; row += step) {
    if (mask[row] !== 1) continue;
    const last = best.length < limit ? undefined : best[limit - 1];
    if (last !== undefined && order.compare(row, last) > 0) continue;
    if (after && !order.isAfter(row, after)) continue;
    insert(best, row, order);
    if (best.length > limit) best.pop();
  }
  return best;
}

function insert(best: number[], row: number, order: Order): void {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = best[middle];
    if (other !== undefined && order.compare(row, other) > 0) low = middle + 1;
    else high = middle;
  }
  best.splice(low, 0, row);
}
