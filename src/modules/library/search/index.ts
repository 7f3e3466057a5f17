export type { AssetForIndex } from './documents/asset-document.ts';
export { folderNames, type SearchScope, toSearchQuery } from './search.filters.ts';
export { type SearchIndexPayload } from './search.jobs.ts';
export { type SearchParams, searchParams, suggestParams, suggestSchema } from './search.schema.ts';
export { createSearch, type Drift, type ReindexProgress, type SearchDeps, type SearchService } from './search.service.ts';
