import type { SearchQuery } from '../search.ts';
import { lexeme, wordsOf } from './words.ts';

/** The text part of a query as a list of terms, and its form as tsquery. Pure. */

export interface TextTerm {
  /** Neighbouring words; one for a plain word. */
  readonly words: readonly string[];
  /** The last word also matches as a beginning. */
  readonly prefix: boolean;
  /** A plain word that may be read as another. */
  readonly word: string | null;
}

export interface TextQuery {
  readonly terms: readonly TextTerm[];
  readonly without: readonly TextTerm[];
}

/** Beginnings shorter than this match too much to be of use. */
const MIN_PREFIX = 2;

export function textQuery(query: Pick<SearchQuery, 'words' | 'phrases' | 'notWords'>): TextQuery {
  const term = (text: string, prefix: boolean, correctable: boolean): TextTerm => {
    const words = wordsOf(text);
    const last = words.at(-1) ?? '';
    return { words, prefix: prefix && last.length >= MIN_PREFIX, word: correctable && words.length === 1 ? last : null };
  };
  const filled = (terms: TextTerm[]) => terms.filter(({ words }) => words.length > 0);
  return {
    terms: filled([
      ...query.words.map((word, index) => term(word, index === query.words.length - 1, true)),
      ...query.phrases.map((phrase) => term(phrase, false, false)),
    ]),
    without: filled(query.notWords.map((word) => term(word, false, false))),
  };
}

/** One term; with `readAs` any of these words instead. */
export function termQuery(slot: number, term: TextTerm, readAs: readonly string[] = []): string {
  if (readAs.length > 0) return `(${readAs.map((word) => lexeme(slot, word)).join(' | ')})`;
  const words = term.words.map((word, index) => lexeme(slot, word) + (term.prefix && index === term.words.length - 1 ? ':*' : ''));
  return words.length === 1 ? (words[0] ?? '') : `(${words.join(' <-> ')})`;
}

/**
 * All terms and none of the excluded. Without terms this gives what to take *out* (any of the excluded), since "not x"
 * alone would read every document.
 */
export function wholeQuery(slot: number, text: TextQuery, readAs: ReadonlyMap<TextTerm, readonly string[]>): string {
  if (text.terms.length === 0) return text.without.map((term) => termQuery(slot, term)).join(' | ');
  const all = text.terms.map((term) => termQuery(slot, term, readAs.get(term)));
  return [...all, ...text.without.map((term) => `!${termQuery(slot, term)}`)].join(' & ');
}
