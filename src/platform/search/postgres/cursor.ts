import { createHash } from 'node:crypto';
import { invalidCursor, type SearchQuery } from '../search.ts';

/** Where a page ended: the sort values of its last row and the row's number. */
export interface Position {
  readonly keys: readonly (number | string | null)[];
  readonly ord: number;
}

/** Binds a cursor to its query (not to its page size, facets or permissions, which are applied anew each time). */
function fingerprint(query: SearchQuery): string {
  const { words, phrases, notWords, filter, sort } = query;
  return createHash('sha256')
    .update(JSON.stringify([words, phrases, notWords, filter, sort.field, sort.descending]))
    .digest('base64url')
    .slice(0, 12);
}

export function writeCursor(query: SearchQuery, position: Position): string {
  return Buffer.from(JSON.stringify([fingerprint(query), position.ord, ...position.keys])).toString('base64url');
}

/** @throws invalid_cursor for anything that this query did not give out */
export function readCursor(query: SearchQuery): Position | null {
  if (query.cursor === null) return null;
  const parsed = decode(query.cursor);
  const [print, ord, ...keys] = Array.isArray(parsed) ? parsed : [];
  if (print !== fingerprint(query)) throw invalidCursor('The cursor does not belong to this query; start again without it.');
  if (!Number.isSafeInteger(ord) || ord < 0 || keys.length < 1 || keys.length > 2 || !keys.every(isKey)) throw invalidCursor();
  return { ord, keys };
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw invalidCursor();
  }
}

function isKey(key: unknown): key is number | string | null {
  return key === null || typeof key === 'string' || typeof key === 'number';
}
