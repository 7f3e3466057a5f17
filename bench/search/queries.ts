import type { Facet, Filter, SearchQuery } from '../../src/platform/search/search.ts';
import { PLANTED } from './corpus.ts';

/** The 200 fixed queries: six kinds, each with and without five facets. */

export interface FixedQuery {
  readonly kind: string;
  readonly faceted: boolean;
  readonly query: SearchQuery;
}

export const KINDS = ['browse', 'word 0.1 %', 'word 1 %', 'word 10 %', 'misspelt word', 'two filters'] as const;
const FACETS: readonly Facet[] = ['kind', 'tags', 'camera', 'colour', 'year'];
const COUNT = 200;

const BASE: SearchQuery = {
  words: [],
  phrases: [],
  notWords: [],
  filter: null,
  visibleFolders: null,
  sort: { field: 'created', descending: true },
  limit: 50,
  cursor: null,
  facets: [],
};
const BY_RELEVANCE = { field: 'relevance', descending: true } as const;
const SORTS: readonly SearchQuery['sort'][] = [
  { field: 'created', descending: true },
  { field: 'name', descending: false },
  { field: 'bytes', descending: true },
  { field: 'taken', descending: true },
];
const FILTERS: readonly (readonly [Filter, Filter])[] = [
  [
    { op: 'any', field: 'kind', values: ['image'] },
    { op: 'any', field: 'year', values: ['2022', '2023'] },
  ],
  [
    { op: 'any', field: 'orientation', values: ['portrait'] },
    { op: 'range', field: 'width', gte: 3000 },
  ],
  [
    { op: 'any', field: 'camera', values: ['Canon EOS R5', 'Nikon Z9'] },
    { op: 'any', field: 'colour', values: ['blue'] },
  ],
  [
    { op: 'any', field: 'missing', values: ['licence'] },
    { op: 'range', field: 'bytes', lt: 5_000_000 },
  ],
];

export function fixedQueries(folders: readonly string[]): FixedQuery[] {
  return Array.from({ length: COUNT }, (_, at) => {
    const variant = Math.floor(at / (KINDS.length * 2));
    const faceted = Math.floor(at / KINDS.length) % 2 === 1;
    // Every third actor is restricted to a part of the folders.
    const visibleFolders = variant % 3 === 2 ? folders.filter((_, index) => index % 4 === variant % 4) : null;
    const kind = KINDS[at % KINDS.length] ?? 'browse';
    return { kind, faceted, query: { ...BASE, ...partOf(kind, variant), visibleFolders, facets: faceted ? FACETS : [] } };
  });
}

function partOf(kind: (typeof KINDS)[number], variant: number): Partial<SearchQuery> {
  const pick = <T>(list: readonly T[]): T => list[variant % list.length] as T;
  const planted = (index: number) => pick(PLANTED[index]?.[1] ?? []);
  if (kind === 'browse') return { sort: pick(SORTS) };
  if (kind === 'two filters') return { filter: { op: 'and', filters: pick(FILTERS) } };
  if (kind === 'misspelt word') return { words: [misspelt(planted(variant % 2), variant)], sort: BY_RELEVANCE };
  return { words: [planted(KINDS.indexOf(kind) - 1)], sort: BY_RELEVANCE };
}

/** One edit: a letter left out, doubled, replaced or swapped with its neighbour. */
function misspelt(word: string, variant: number): string {
  const at = 2 + (variant % (word.length - 4));
  const [head, letter, next, tail] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)];
  return (
    [`${head}${next}${tail}`, `${head}${letter}${letter}${next}${tail}`, `${head}x${next}${tail}`, `${head}${next}${letter}${tail}`][
      variant % 4
    ] ?? word
  );
}
