import { decodeCursor, encodeCursor } from '../cursor.ts';
import { invalidCursor, type SearchQuery } from '../search.ts';

/** Where a page ended: the sort values of its last row and the row's number. */
export interface Position {
  readonly keys: readonly (number | string | null)[];
  readonly ord: number;
}

export function writeCursor(query: SearchQuery, position: Position): string {
  return encodeCursor(query, [position.ord, ...position.keys]);
}

/** @throws invalid_cursor for anything that this query did not give out */
export function readCursor(query: SearchQuery): Position | null {
  const position = decodeCursor(query);
  if (position === null) return null;
  const [ord, ...keys] = position;
  if (typeof ord !== 'number' || !Number.isSafeInteger(ord) || ord < 0 || keys.length < 1 || keys.length > 2 || !keys.every(isKey))
    throw invalidCursor();
  return { ord, keys };
}

function isKey(key: unknown): key is number | string | null {
  return key === null || typeof key === 'string' || typeof key === 'number';
}
