import type { Sql } from '../../database/database.ts';
import type { ColumnStore } from './column-store.ts';
import type { Mask } from './columns.ts';
import { wordsFrom } from './lexicon.ts';
import { begins, wordsOf } from '../words.ts';
import { lexeme } from './words.ts';

export interface SuggestInput {
  readonly sql: Sql;
  readonly workspaceId: string;
  readonly store: ColumnStore;
  /** Rows the actor may see. */
  readonly visible: Mask;
}

/** Words looked up per suggestion wanted; what the actor may not see falls away. */
const SPARE = 4;

/** Tags and cameras that begin like this (any word of them), then other words; each stands in a document the actor may see. */
export async function suggest(input: SuggestInput, prefix: string, limit: number): Promise<string[]> {
  const typed = wordsOf(prefix);
  const last = typed.at(-1);
  if (last === undefined) return [];
  const values = knownValues(input, typed);
  const found = values.slice(0, limit);
  if (found.length < limit && typed.length === 1) {
    const taken = new Set(found.map((value) => wordsOf(value).join(' ')));
    const words = (await wordsFrom(input.sql, input.workspaceId, last, limit * SPARE)).filter(({ word }) => !taken.has(word));
    found.push(
      ...(
        await seen(
          input,
          words.map(({ word }) => word),
        )
      ).slice(0, limit - found.length),
    );
  }
  return found;
}

/** Values of tags and cameras in which the typed words begin words, one after another; most frequent first. */
function knownValues({ store, visible }: SuggestInput, typed: readonly string[]): string[] {
  const counts = [store.tags, store.camera].flatMap((column) => {
    const values = column.dictionary.values();
    const matching = values.map((value, code) => code > 0 && begins(wordsOf(value), typed));
    if (!matching.includes(true)) return [];
    const found = column.countCodes(visible, store.rows);
    return values.flatMap((value, code) => (matching[code] && (found[code] ?? 0) > 0 ? [{ value, count: found[code] ?? 0 }] : []));
  });
  return counts.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).map(({ value }) => value);
}

/** The words that stand in a visible document, in the same order. */
async function seen({ sql, workspaceId, store, visible }: SuggestInput, words: readonly string[]): Promise<string[]> {
  if (words.length === 0) return [];
  const everything = visible.every((row, at) => row === store.alive[at]);
  if (everything) return [...words];
  const rows = await sql.query<{ word: string; packed: Buffer | null }>(
    {},
    `select w.word, (select string_agg(int4send(ord), ''::bytea) from search_text
       where workspace_id = $1 and tsv @@ w.query::tsquery) as packed
     from unnest($2::text[], $3::text[]) as w(word, query)`,
    [workspaceId, words, words.map((word) => lexeme(store.slot, word))],
  );
  const known = new Set(rows.filter(({ packed }) => packed !== null && hasVisible(packed, visible)).map(({ word }) => word));
  return words.filter((word) => known.has(word));
}

function hasVisible(packed: Buffer, visible: Mask): boolean {
  for (let at = 0; at < packed.length; at += 4) if (visible[packed.readInt32BE(at)] === 1) return true;
  return false;
}
