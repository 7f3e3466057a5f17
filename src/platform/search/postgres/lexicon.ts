import type { Sql } from '../../database/database.ts';
import { allowedEdits, editDistance, swaps } from '../typos.ts';

/** The lexicon: every word of the workspace's documents and in how many it stands. */

/** Words taken from the lexicon per query word before the exact distance decides. */
const CANDIDATES = 400;
const PAST_END = `U&'\\+10FFFF'`;

/** Candidates by beginning `$2`, end `$3` and swapped neighbours `$6`, of a length from `$4` to `$5`, not far from `$7`. */
const BY_HALVES = `
  select word, docs from lexicon where workspace_id = $1 and word >= $2 and word < $2 || ${PAST_END} and length(word) between $4 and $5
    and docs > 0 and levenshtein_less_equal(word, $7, $8) <= $8
  union
  select word, docs from lexicon where workspace_id = $1 and reverse(word) collate "C" >= reverse($3)
    and reverse(word) collate "C" < reverse($3) || ${PAST_END} and length(word) between $4 and $5
    and docs > 0 and levenshtein_less_equal(word, $7, $8) <= $8
  union
  select word, docs from lexicon where workspace_id = $1 and word = any($6::text[]) and docs > 0`;
const BY_MIDDLE = `
  union
  select word, docs from lexicon where workspace_id = $1 and word like '%' || $9 || '%' and length(word) between $4 and $5
    and docs > 0 and levenshtein_less_equal(word, $7, $8) <= $8`;

/**
 * Words of the lexicon that a person may have meant, nearest and most frequent first. With one edit one half of the word stays whole, with two edits
 * one third: its beginning and end are found through btrees, its middle through trigrams. That misses nothing but two
 * swaps across the cuts; similarity of trigrams alone misses edits in short words.
 */
export async function similarWords(sql: Sql, workspaceId: string, word: string, limit: number): Promise<string[]> {
  const edits = allowedEdits(word);
  if (edits === 0) return [];
  const cut = Math.floor(word.length / (edits + 1));
  const end = edits === 1 ? cut : word.length - cut;
  const params: unknown[] = [workspaceId, word.slice(0, cut), word.slice(end), word.length - edits, word.length + edits, swaps(word), word];
  // The database counts a swap as two edits.
  params.push(edits + 1, ...(edits === 2 ? [word.slice(cut, end)] : []));
  const select = edits === 2 ? BY_HALVES + BY_MIDDLE : BY_HALVES;
  const rows = await sql.query<{ word: string; docs: number }>({}, `${select} limit ${CANDIDATES}`, params);
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
    `select word, docs from lexicon where workspace_id = $1 and word >= $2 and word < $2 || ${PAST_END} and docs > 0
     order by docs desc, word limit $3`,
    [workspaceId, prefix, limit],
  );
}
