import type { Sql } from '../../database/database.ts';
import type { TextQuery, TextTerm } from '../terms.ts';
import type { ColumnStore } from './column-store.ts';
import type { Mask } from './columns.ts';
import { similarWords } from './lexicon.ts';
import { termQuery, wholeQuery } from './query-terms.ts';

export interface TextMatch {
  /** Rows of the column store that the text matches (permissions not applied). */
  readonly mask: Mask;
  /** Relevance by row, when asked for. */
  readonly scores: Float32Array | null;
  readonly corrections: Record<string, string[]>;
}

/** Words tried as corrections of one word, and words taken. */
const MAX_TRIED = 15;
const MAX_TAKEN = 5;

export interface MatchInput {
  readonly sql: Sql;
  readonly workspaceId: string;
  readonly store: ColumnStore;
  readonly text: TextQuery;
  /** Rows the actor may see: what counts as "occurs" for corrections, so that they tell nothing of other documents. */
  readonly visible: () => Mask;
  readonly ranked: boolean;
}

/**
 * Finds the documents of a text. Only when nothing visible matches, words that do not occur are looked up in the lexicon and read as up to
 * five similar words that do.
 */
export async function matchText(input: MatchInput): Promise<TextMatch> {
  const {
    text,
    store: { slot },
  } = input;
  const first = await matchQuery(input, wholeQuery(slot, text, new Map()));
  if (text.terms.length === 0) return { ...first, mask: inverted(first.mask), scores: null };
  const correctable = text.terms.filter((term) => term.word !== null);
  if (correctable.length === 0 || anyVisible(first.mask, input)) return first;

  const readAs = new Map<TextTerm, string[]>();
  const corrections: Record<string, string[]> = Object.create(null);
  for (const term of correctable) {
    const known = text.terms.length > 1 && (await occurs(input, termQuery(slot, term)));
    const words = known ? [] : await readable(input, term.word ?? '');
    if (words.length === 0) continue;
    readAs.set(term, words);
    corrections[term.word ?? ''] = words;
  }
  if (readAs.size === 0) return first;
  return { ...(await matchQuery(input, wholeQuery(slot, text, readAs))), corrections };
}

/** Similar words that occur in a document the actor may see. */
async function readable(input: MatchInput, word: string): Promise<string[]> {
  const found = await similarWords(input.sql, input.workspaceId, word, MAX_TRIED);
  const words: string[] = [];
  for (const similar of found) {
    if (words.length === MAX_TAKEN) break;
    if (await occurs(input, termQuery(input.store.slot, { words: [similar], prefix: false, word: similar }))) words.push(similar);
  }
  return words;
}

async function occurs(input: MatchInput, tsquery: string): Promise<boolean> {
  return anyVisible((await matchQuery({ ...input, ranked: false }, tsquery)).mask, input);
}

function anyVisible(mask: Mask, { visible }: MatchInput): boolean {
  const seen = visible();
  return mask.some((matched, row) => matched === 1 && seen[row] === 1);
}

const RANK = `ts_rank('{0.1, 0.25, 0.5, 1}', tsv, $2::tsquery)`;

async function matchQuery({ sql, workspaceId, store, ranked }: MatchInput, tsquery: string): Promise<TextMatch> {
  const packed = await store.matches.get(store, `${ranked} ${tsquery}`, () => packedMatches(sql, workspaceId, tsquery, ranked));
  const mask = new Uint8Array(store.alive.length);
  const scores = ranked ? new Float32Array(store.alive.length) : null;
  for (let at = 0; at < packed.length; at += ranked ? 8 : 4) {
    const ord = packed.readInt32BE(at);
    // Rows that are newer than the columns are not there yet.
    if (ord >= mask.length) continue;
    mask[ord] = 1;
    if (scores) scores[ord] = packed.readFloatBE(at + 4);
  }
  return { mask, scores, corrections: {} };
}

/** One row with everything packed: 10,000 matches cost a tenth of what 10,000 rows would. */
async function packedMatches(sql: Sql, workspaceId: string, tsquery: string, ranked: boolean): Promise<Buffer> {
  const item = ranked ? `int4send(ord) || float4send(${RANK})` : 'int4send(ord)';
  const [row] = await sql.query<{ packed: Buffer | null }>(
    {},
    `select string_agg(${item}, ''::bytea) as packed from search_text where workspace_id = $1 and tsv @@ $2::tsquery`,
    [workspaceId, tsquery],
  );
  return row?.packed ?? Buffer.alloc(0);
}

function inverted(mask: Mask): Mask {
  return mask.map((matched) => 1 - matched);
}
