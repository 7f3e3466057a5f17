import type { TextQuery, TextTerm } from '../terms.ts';
import { lexeme } from './words.ts';

/** Terms as tsquery. Pure. */

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
