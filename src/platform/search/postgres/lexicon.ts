import type { Sql } from '../../database/database.ts';
import { allowedEdits, editDistance, swaps } from './typos.ts';

/** The lexicon: every word of the workspace's documents and in how many it stands. */

/** Words looked at per query word before the exact distance decides. */
const CANDIDATES = 400;

/**
 * Words of the lexicon that a person may have meant, nearest and most frequent first. Candidates share the beginning, the end or (from 8 letters)
 * the middle with the word: with one edit one half, with two edits one third stays whole, so none is missed but for swaps across the cut.
 */
export async function similarWords(sql: Sql, workspaceId: string, word: string, limit: number): Promise<string[]> {
  const edits = allowedEdits(word);
  if (edits === 0) return [];
  const rows = await sql.query<{ word: string; docs: number }>(
    {},
    `select word, docs from lexicon where workspace_id = $1 and docs > 0 and word % $2 and length(word) between $3 and $4
     union select word, docs from lexicon where workspace_id = $1 and docs > 0 and word = any($5::text[])
     limit ${CANDIDATES}`,
    [workspaceId, word, word.length - edits, word.length + edits, swaps(word)],
  );
  return rows
    .map((row) => ({ ...row, distance: editDistance(word, row.word, edits) }))
    .filter(({ distance }) => distance > 0 && distance <= edits)
    .sort((a, b) => a.distance - b.distance || b.docs - a.docs || (a.word < b.word ? -1 : 1))
    .slice(0, limit)
    .map((row) => row.word);
}

/** Words that begin like this, most frequent first. */
export async function wordsFrom(sql: Sql, workspaceId: string, prefix: string, limit: number): Promise<{ word: string; docs: number }[]> {
  // The column is collated "C", so the words of a prefix lie between it and it followed by the last character.
  return sql.query<{ word: string; docs: number }>(
    {},
    `select word, docs from lexicon where workspace_id = $1 and word >= $2 and word < $2 || U&'\\+10FFFF' and docs > 0
     order by docs desc, word limit $3`,
    [workspaceId, prefix, limit],
  );
}
