import type { SearchQuery } from '../search.ts';
import type { TextQuery, TextTerm } from '../terms.ts';
import { allowedEdits, editDistance } from '../typos.ts';
import type { Meili } from './client.ts';
import { type Condition, termFilter, textFilter, visibleFilter } from './filter.ts';
import { qOf } from './q.ts';
import { MAX_FACET_VALUES } from './settings.ts';

/** Words taken as corrections of one word. */
const MAX_TAKEN = 5;
/** As on PostgreSQL: numbers are exact and without end, and very short or long words are no words people misspell. */
const LEXICON_WORD = /^[^0-9]{3,32}$/u;

/** As many values as a look-up of similar ones answers at most: among so many the word itself may be left out. */
const ALL_HITS = MAX_FACET_VALUES;

/**
 * Words that do not occur, read as similar words that do, nearest and most frequent first. "Occurs" means in a document the actor may see, so that
 * corrections tell nothing of others. Empty when the text as it is matches something visible, or nothing similar is known.
 * @param query has been answered with nothing
 */
export async function readAsSimilar(
  meili: Meili,
  indexUid: string,
  { visibleFolders, filter }: Pick<SearchQuery, 'visibleFolders' | 'filter'>,
  text: TextQuery,
): Promise<ReadonlyMap<TextTerm, readonly string[]>> {
  const none = new Map<TextTerm, readonly string[]>();
  const correctable = text.terms.filter((term) => term.word !== null && allowedEdits(term.word) > 0);
  if (correctable.length === 0) return none;
  const visible = visibleFilter(visibleFolders);
  const [matches, ...read] = await Promise.all([
    // Without a filter of its own the query has just said so.
    filter === null ? false : matchesAnything(meili, indexUid, visible, text),
    ...correctable.map(async (term) => [term, await similarWords(meili, indexUid, visible, term)] as const),
  ]);
  return matches ? none : new Map(read.filter(([, words]) => words.length > 0));
}

async function matchesAnything(meili: Meili, indexUid: string, visible: Condition, text: TextQuery): Promise<boolean> {
  const q = qOf(text, new Map(), false);
  return (await count(meili, indexUid, [...visible, ...[textFilter(text, new Map()) ?? []].flat()], q)) > 0;
}

async function count(meili: Meili, indexUid: string, filter: Condition, q: string | null): Promise<number> {
  const found = await meili.query((client) =>
    client.index(indexUid).search(q, { filter, attributesToRetrieve: ['id'], page: 1, hitsPerPage: 0 }),
  );
  return found.totalHits;
}

/** Words to read this one as; none when it occurs. */
async function similarWords(meili: Meili, indexUid: string, visible: Condition, term: TextTerm): Promise<string[]> {
  const word = term.word ?? '';
  const edits = allowedEdits(word);
  const { facetHits } = await meili.query((client) =>
    client.index(indexUid).searchForFacetValues({ facetName: 'words', facetQuery: word, filter: visible }),
  );
  const occurs = facetHits.some(({ value }) => (term.prefix ? value.startsWith(word) : value === word));
  if (occurs) return [];
  if (facetHits.length >= ALL_HITS && (await count(meili, indexUid, [...visible, termFilter(term)], null)) > 0) return [];
  return facetHits
    .map(({ value, count: times }) => ({ value, times, distance: editDistance(word, value, edits) }))
    .filter(({ value, distance }) => distance > 0 && distance <= edits && LEXICON_WORD.test(value))
    .sort((a, b) => a.distance - b.distance || b.times - a.times || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_TAKEN)
    .map(({ value }) => value);
}
