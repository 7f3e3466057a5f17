import { begins, wordsOf } from '../words.ts';
import type { Meili } from './client.ts';
import { type Condition, termFilter, visibleFilter } from './filter.ts';

/** As on PostgreSQL: words of letters only. */
const SUGGESTED_WORD = /^[^0-9]{3,32}$/u;

/** Tags and cameras that begin like this (any word of them), then other words, most frequent first; all from documents the actor may see. */
export async function suggest(
  meili: Meili,
  indexUid: string,
  prefix: string,
  visibleFolders: readonly string[] | null,
  limit: number,
): Promise<string[]> {
  const typed = wordsOf(prefix);
  const [last] = typed.slice(-1);
  if (last === undefined || visibleFolders?.length === 0) return [];
  const visible = visibleFilter(visibleFolders);
  const [values, words] = await Promise.all([
    knownValues(meili, indexUid, visible, typed),
    typed.length === 1 ? wordsFrom(meili, indexUid, visible, last) : [],
  ]);
  const found = values.slice(0, limit);
  const taken = new Set(found.map((value) => wordsOf(value).join(' ')));
  return [...found, ...words.filter((word) => !taken.has(word))].slice(0, limit);
}

/** Values of tags and cameras, counted among the documents that have the typed words at all. */
async function knownValues(meili: Meili, indexUid: string, visible: Condition, typed: readonly string[]): Promise<string[]> {
  const filter = [...visible, termFilter({ words: typed, prefix: true, word: null })];
  const { facetDistribution } = await meili.query((client) =>
    client.index(indexUid).search(null, { filter, facets: ['tags', 'camera'], page: 1, hitsPerPage: 0, attributesToRetrieve: ['id'] }),
  );
  return Object.values(facetDistribution ?? {})
    .flatMap((counts) => Object.entries(counts))
    .filter(([value]) => begins(wordsOf(value), typed))
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([value]) => value);
}

async function wordsFrom(meili: Meili, indexUid: string, visible: Condition, prefix: string): Promise<string[]> {
  const { facetHits } = await meili.query((client) =>
    client.index(indexUid).searchForFacetValues({ facetName: 'words', facetQuery: prefix, filter: visible }),
  );
  // Meilisearch forgives typing errors here, which a suggestion should not.
  return facetHits
    .filter(({ value }) => value.startsWith(prefix) && SUGGESTED_WORD.test(value))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .map(({ value }) => value);
}
