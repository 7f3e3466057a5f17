import { type Facet, type Filter, MULTI_VALUED, type SearchDocument, type SearchQuery } from '../../src/platform/search/search.ts';

/** What a search must answer, computed from the documents in the plainest way. Text is not its business. */

const FACET_VALUES: Record<Facet, (document: SearchDocument) => readonly (string | null)[]> = {
  kind: (document) => [document.kind],
  type: (document) => [document.mime],
  tags: (document) => document.tags,
  folder: (document) => [document.folder],
  camera: (document) => [document.camera],
  colour: (document) => document.colours,
  orientation: (document) => [document.orientation],
  year: (document) => [String(document.year)],
  missing: (document) => document.missing,
  status: (document) => [document.status],
  published: (document) => [String(document.published)],
};

function valuesOf(document: SearchDocument, facet: Facet): string[] {
  return FACET_VALUES[facet](document).filter((value) => value !== null);
}

export function passes(document: SearchDocument, filter: Filter | null): boolean {
  if (filter === null) return true;
  switch (filter.op) {
    case 'and':
      return filter.filters.every((part) => passes(document, part));
    case 'not':
      return !passes(document, filter.filter);
    case 'any':
      return valuesOf(document, filter.field).some((value) => filter.values.some((wanted) => wanted.toLowerCase() === value.toLowerCase()));
    case 'range': {
      const raw = document[filter.field];
      if (raw === null) return false;
      const value = typeof raw === 'string' ? Date.parse(raw) : raw;
      const { gte = -Infinity, gt = -Infinity, lte = Infinity, lt = Infinity } = filter;
      return value >= gte && value > gt && value <= lte && value < lt;
    }
  }
}

function conjuncts(filter: Filter | null): readonly Filter[] {
  if (filter === null) return [];
  return filter.op === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

export function expectedIds(documents: readonly SearchDocument[], query: SearchQuery): Set<string> {
  return new Set(visible(documents, query).flatMap((document) => (passes(document, query.filter) ? [document.id] : [])));
}

/** A facet leaves out the one `any` filter on its own field; two or more stay, and so does a single value where a document has several. */
export function expectedFacet(documents: readonly SearchDocument[], query: SearchQuery, facet: Facet): Map<string, number> {
  const parts = conjuncts(query.filter);
  const own = parts.filter((part) => part.op === 'any' && part.field === facet);
  const [only, ...more] = own;
  const narrowing = only?.op === 'any' && only.values.length === 1 && MULTI_VALUED.has(facet);
  const filters = only && more.length === 0 && !narrowing ? parts.filter((part) => part !== only) : parts;
  const counts = new Map<string, number>();
  for (const document of visible(documents, query)) {
    if (!passes(document, { op: 'and', filters })) continue;
    for (const value of new Set(valuesOf(document, facet))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function visible(documents: readonly SearchDocument[], { visibleFolders }: SearchQuery): SearchDocument[] {
  return documents.filter((document) => visibleFolders === null || visibleFolders.includes(document.folder));
}
