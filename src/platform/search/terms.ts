import type { SearchQuery } from './search.ts';
import { wordsOf } from './words.ts';

/** The text part of a query as a list of terms, the same on every engine. Pure. */

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
