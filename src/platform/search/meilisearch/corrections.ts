import type { SearchQuery } from '../search.ts';
import type { TextQuery, TextTerm } from '../terms.ts';
import { allowedEdits, editDistance } from '../typos.ts';
import type { Meili } from './client.ts';
import { allOf, termFilter, textFilter, visibleFilter } from './filter.ts';
import { qOf } from './q.ts';

/** Words taken as corrections of one word. */
const MAX_TAKEN = 5;
/** As on PostgreSQL: numbers are exact and without end, and very short or long words are no words people misspell. */
const LEXICON_WORD = /^[^0-9]{3,32}$/u;

/**
 * Words that do not occur, read as similar words that do, nearest and most frequent first. "Occurs" means in a document the actor may see, so that
 * corrections tell nothing of others. Empty when the text as it is matches something visible, or nothing similar is known.
 */
export async function readAsSimilar(
  meili: Meili,
  indexUid: string,
  { visibleFolders }: Pick<SearchQuery, 'visibleFolders'>,
  text: TextQuery,
): Promise<ReadonlyMap<TextTerm, readonly string[]>> {
  const none = new Map<TextTerm, readonly string[]>();
  const correctable = text.terms.filter((term) => term.word !== null && allowedEdits(term.word) > 0);
  if (correctable.length === 0) return none;
  const visible = visibleFilter(visibleFolders);
  const q = qOf(text, none, false);
  const whole = { ...(q === null ? {} : { q }), filter: allOf([visible, textFilter(text, none)]) ?? visible };
  const each = correctable.map((term) => ({ filter: allOf([visible, termFilter(term)]) ?? visible }));
  const counting = { indexUid, attributesToRetrieve: ['id'], page: 1, hitsPerPage: 0 };
  const { results } = await meili.query((client) =>
    client.multiSearch({ queries: [whole, ...each].map((query) => ({ ...counting, ...query })) }),
  );
  const [found = 0, ...known] = results.map((result) => ('totalHits' in result ? Number(result.totalHits) : 0));
  if (found > 0) return none;
  const unknown = correctable.filter((_, at) => known[at] === 0);
  const read = await Promise.all(
    unknown.map(async (term) => [term, await similarWords(meili, indexUid, visible, term.word ?? '')] as const),
  );
  return new Map(read.filter(([, words]) => words.length > 0));
}

async function similarWords(meili: Meili, indexUid: string, visible: string, word: string): Promise<string[]> {
  const edits = allowedEdits(word);
  const { facetHits } = await meili.query((client) =>
    client.index(indexUid).searchForFacetValues({ facetName: 'words', facetQuery: word, filter: visible }),
  );
  return facetHits
    .map(({ value, count }) => ({ value, count, distance: editDistance(word, value, edits) }))
    .filter(({ value, distance }) => distance > 0 && distance <= edits && LEXICON_WORD.test(value))
    .sort((a, b) => a.distance - b.distance || b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_TAKEN)
    .map(({ value }) => value);
}
