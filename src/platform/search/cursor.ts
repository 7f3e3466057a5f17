import { createHash } from 'node:crypto';
import { invalidCursor, type SearchQuery } from './search.ts';

/** Cursors: where a page ended, bound to the query that gave them. What stands in one is the engine's own business. */

/** Binds a cursor to its query (not to its page size, facets or permissions, which are applied anew each time). */
function fingerprint(query: SearchQuery): string {
  const { words, phrases, notWords, filter, sort } = query;
  return createHash('sha256')
    .update(JSON.stringify([words, phrases, notWords, filter, sort.field, sort.descending]))
    .digest('base64url')
    .slice(0, 12);
}

export function encodeCursor(query: SearchQuery, position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([fingerprint(query), ...position])).toString('base64url');
}

/**
 * The position that `encodeCursor` was given; null without cursor.
 * @throws invalid_cursor for anything that this query did not give out; the position itself is for the caller to check
 */
export function decodeCursor(query: SearchQuery): unknown[] | null {
  if (query.cursor === null) return null;
  const parsed = decode(query.cursor);
  const [print, ...position]: unknown[] = Array.isArray(parsed) ? parsed : [];
  if (print !== fingerprint(query)) throw invalidCursor('The cursor does not belong to this query; start again without it.');
  return position;
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw invalidCursor();
  }
}
