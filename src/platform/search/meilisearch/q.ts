import type { TextQuery, TextTerm } from '../terms.ts';

/** Meilisearch reads no more parts (words or phrases) of a query than this. */
const MAX_PARTS = 10;

/**
 * The part of a text query that Meilisearch's own `q` has to say: phrases, excluded phrases, and, where relevance is asked for, the words to rank by.
 * Which documents have the words is decided by filters, so a word that does not fit in ranks nothing and is still demanded. Every word is quoted, which
 * keeps it as it is; the last one alone is not, where it may be a beginning. Pure; null = no `q` is needed.
 */
export function qOf(text: TextQuery, readAs: ReadonlyMap<TextTerm, readonly string[]>, ranked: boolean): string | null {
  // First, since reading ends with the last part that counts.
  const unwanted = text.without.flatMap(({ words }) => (words.length > 1 ? [`-${phrase(words)}`] : []));
  const phrases: string[] = [];
  const words: string[] = [];
  let beginning: string | undefined;
  for (const term of text.terms) {
    const read = readAs.get(term);
    if (read) {
      // Several readings of one word cannot be said here; the filter knows them.
      if (read.length === 1) words.push(phrase(read));
      continue;
    }
    const whole = term.prefix ? term.words.slice(0, -1) : term.words;
    if (whole.length > 1) phrases.push(phrase(whole));
    else if (whole.length === 1) words.push(phrase(whole));
    if (term.prefix) beginning = term.words.at(-1);
  }
  const parts = [...phrases, ...(ranked ? words : [])].slice(0, MAX_PARTS);
  if (ranked && beginning !== undefined && parts.length < MAX_PARTS) parts.push(beginning);
  const all = [...unwanted, ...parts];
  return all.length === 0 ? null : all.join(' ');
}

/** Words hold letters and digits only, so nothing needs escaping. */
function phrase(words: readonly string[]): string {
  return `"${words.join(' ')}"`;
}
