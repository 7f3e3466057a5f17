import type { Ctx } from '../../context.ts';
import { defineError } from '../../errors.ts';

/** The search engine: versioned documents in, permission-exact ids and facet counts out. */

export const invalidCursor = defineError('invalid_cursor', 400, 'The cursor is not valid');

export interface SearchDocument {
  readonly id: string;
  /** `asset.search_version`; an older version never overwrites a newer. */
  readonly version: number;
  readonly folder: string;
  readonly kind: string;
  readonly mime: string;
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  /** Id of the home folder and all its ancestors as of indexing; filters use `folder`, which a move of folders leaves true. */
  readonly folders: readonly string[];
  readonly folderPath: string;
  readonly camera: string | null;
  readonly lens: string | null;
  readonly people: readonly string[];
  /** Names of the dominant colours' families: red orange yellow green teal blue purple pink brown black grey white. */
  readonly colours: readonly string[];
  readonly orientation: 'landscape' | 'portrait' | 'square' | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly megapixels: number | null;
  readonly bytes: number;
  /** Seconds. */
  readonly duration: number | null;
  /** RFC 3339. */
  readonly taken: string | null;
  readonly created: string;
  readonly updated: string;
  /** Year taken, else created. */
  readonly year: number;
  readonly status: string;
  readonly published: boolean;
  /** Which of title description tags licence copyright creator alt are empty. */
  readonly missing: readonly string[];
  /** Other searchable text: creator, copyright, location, document text. */
  readonly text: string;
}

export const FACETS = [
  'kind',
  'type',
  'tags',
  'folder',
  'camera',
  'colour',
  'orientation',
  'year',
  'missing',
  'status',
  'published',
] as const;
export type Facet = (typeof FACETS)[number];
/** A document may hold several values of these. */
export const MULTI_VALUED: ReadonlySet<Facet> = new Set(['tags', 'colour', 'missing']);

export const SORTS = ['relevance', 'created', 'updated', 'name', 'bytes', 'taken'] as const;
export type SortField = (typeof SORTS)[number];

export const RANGE_FIELDS = ['width', 'height', 'megapixels', 'bytes', 'duration', 'created', 'updated', 'taken', 'year'] as const;
export type RangeField = (typeof RANGE_FIELDS)[number];

/**
 * A typed filter tree (decisions 5): values are bound, never spliced, and compared without case. `folder` is the home folder alone: whoever asks expands
 * a folder into those below it. Ranges of times are ms since 1970; a document without a value is in no range.
 */
export type Filter =
  | { readonly op: 'any'; readonly field: Facet; readonly values: readonly string[] }
  | {
      readonly op: 'range';
      readonly field: RangeField;
      readonly gte?: number;
      readonly lte?: number;
      readonly gt?: number;
      readonly lt?: number;
    }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'and'; readonly filters: readonly Filter[] };

export interface SearchQuery {
  /** Words AND-ed; the last one also matches as a prefix. Empty = everything. */
  readonly words: readonly string[];
  readonly phrases: readonly string[];
  readonly notWords: readonly string[];
  readonly filter: Filter | null;
  /** The permission filter: ids of folders the actor may list; `null` = all of the workspace. */
  readonly visibleFolders: readonly string[] | null;
  readonly sort: { readonly field: SortField; readonly descending: boolean };
  readonly limit: number;
  /** Opaque keyset cursor from an earlier answer with the same query. */
  readonly cursor: string | null;
  /**
   * A facet leaves out the `any` filter on its own field when exactly one stands at the top of the filter tree (a choice of several values: the
   * counts say what each further one would add); two or more on one field narrow and stay, and so does a single value of a `MULTI_VALUED` field.
   */
  readonly facets: readonly Facet[];
  /** Values per facet, most frequent first; default 50. */
  readonly facetLimit?: number;
}

export interface SearchResult {
  readonly ids: readonly string[];
  readonly nextCursor: string | null;
  /** Exact up to 10,000, then `gte`. */
  readonly total: { readonly value: number; readonly relation: 'eq' | 'gte' };
  readonly facets: Partial<Record<Facet, { value: string; count: number }[]>>;
  /** Words that were read as others (typo tolerance), for "showing results for". */
  readonly corrections: Record<string, string[]>;
}

/** Where a rebuild reads documents from. */
export interface RebuildSource {
  /** Every document of the workspace, in batches of a few hundred. */
  all(): AsyncIterable<readonly SearchDocument[]>;
  /** These as they are now: documents, and removals for what is gone. */
  load(ids: readonly string[]): Promise<{ documents: readonly SearchDocument[]; removed: readonly { id: string; version: number }[] }>;
}

export interface SearchEngine {
  readonly features: { typoTolerance: boolean; prefix: boolean };
  /** Writes documents durably and visibly; older versions than stored are dropped. Errors: 503 `unavailable` while the engine is away, on every call. */
  index(ctx: Ctx, documents: readonly SearchDocument[]): Promise<void>;
  /** Removes documents unless a newer version is stored. */
  remove(ctx: Ctx, items: readonly { id: string; version: number }[]): Promise<void>;
  search(ctx: Ctx, query: SearchQuery): Promise<SearchResult>;
  /** Words and values that begin like this, most frequent first, from what the actor may see. */
  suggest(ctx: Ctx, prefix: string, visibleFolders: readonly string[] | null, limit: number): Promise<string[]>;
  /** Ids and versions of everything indexed in the workspace, ascending by id, for drift checks. */
  entries(ctx: Ctx): AsyncIterable<{ id: string; version: number }>;
  /** Builds the workspace's index anew beside the old one, which answers until the new one takes its place; writes meanwhile are kept. */
  rebuild?(ctx: Ctx, source: RebuildSource): Promise<void>;
  /**
   * For engines that may lose their data, or begin without any: called when the workspace's index had to be made. The handler has everything indexed and
   * tells how many documents are to come.
   */
  whenLost?(handle: (workspaceId: string) => Promise<number>): void;
  /** Loads what the workspace's first search would otherwise wait for. */
  warm?(ctx: Ctx): Promise<void>;
  describe(): Promise<{ engine: string; version: string; latencyMs: number }>;
  close(): Promise<void>;
}
