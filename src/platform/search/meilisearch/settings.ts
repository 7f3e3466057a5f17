import { createHash } from 'node:crypto';
import type { Settings } from 'meilisearch';
import { FACETS, type Facet, type SearchQuery } from '../search.ts';

/** The index as code. Whatever changes here changes `SETTINGS_HASH`, and the next write brings the index up to date. */

/** Raised when documents are written differently: everything is then indexed again. */
const DOCUMENT_FORMAT = 2;

/** Attribute of each facet. */
export const FACET_ATTRIBUTES: Readonly<Record<Facet, string>> = {
  kind: 'kind',
  type: 'mime',
  tags: 'tags',
  folder: 'folder',
  camera: 'camera',
  colour: 'colours',
  orientation: 'orientation',
  year: 'year',
  missing: 'missing',
  status: 'status',
  published: 'published',
};

/** Attribute of each sort; relevance is the order Meilisearch itself gives. */
export const SORT_ATTRIBUTES: Readonly<Record<Exclude<SearchQuery['sort']['field'], 'relevance'>, string>> = {
  created: 'created',
  updated: 'updated',
  name: 'nameKey',
  bytes: 'bytes',
  taken: 'taken',
};

/** Text by weight: name, title, tags; description, camera, people; lens, folder; other text. */
const TEXT_ATTRIBUTES = ['textA', 'textB', 'textC', 'textD'] as const;

/** Most values that an answer counts per facet; the API asks for 1000 at most. */
export const MAX_FACET_VALUES = 1000;

/** Compared with < and >. `id` orders equals, `written` tells a rebuild what changed meanwhile. */
const COMPARED = ['width', 'height', 'megapixels', 'bytes', 'duration', 'created', 'updated', 'taken', 'year', 'nameKey', 'id', 'written'];
const EQUALLED = [...FACETS.map((facet) => FACET_ATTRIBUTES[facet]).filter((attribute) => attribute !== 'year'), 'place', 'deleted'];

export const SETTINGS: Settings = {
  searchableAttributes: [...TEXT_ATTRIBUTES],
  displayedAttributes: ['*'],
  filterableAttributes: [
    // Each word of a document: membership is decided by these, and typing errors are looked up among them.
    { attributePatterns: ['words'], features: { facetSearch: true, filter: { equality: true, comparison: false } } },
    { attributePatterns: EQUALLED, features: { facetSearch: false, filter: { equality: true, comparison: false } } },
    { attributePatterns: COMPARED, features: { facetSearch: false, filter: { equality: true, comparison: true } } },
  ],
  sortableAttributes: [...Object.values(SORT_ATTRIBUTES), 'id'],
  // A given sort decides alone; without one: where the words stand, how near each other, how exact; then as on PostgreSQL.
  rankingRules: ['sort', 'words', 'attribute', 'proximity', 'exactness', 'created:desc', 'id:desc'],
  typoTolerance: {
    enabled: true,
    minWordSizeForTypos: { oneTypo: 4, twoTypos: 8 },
    // Forgiven by us, and only where nothing else matches: here it would widen every search.
    disableOnAttributes: [...TEXT_ATTRIBUTES],
  },
  faceting: { maxValuesPerFacet: MAX_FACET_VALUES, sortFacetValuesBy: { '*': 'count' } },
  // Pages go on by value, not by number; this only must never cut a count or a deep page short.
  pagination: { maxTotalHits: 1_000_000_000 },
  // Meilisearch stops sorting at this many ms and answers with what it has; our own deadline comes first.
  searchCutoffMs: 30_000,
};

export const SETTINGS_HASH = createHash('sha256')
  .update(JSON.stringify([DOCUMENT_FORMAT, SETTINGS]))
  .digest('hex')
  .slice(0, 32);
