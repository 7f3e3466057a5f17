import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { AssetItem, AssetList, FacetValue } from '../../api/types.ts';
import { defaultSort, FILTERS, filterQuery, type LibrarySearch } from './search-state.ts';

const PAGE = 50;

export interface AssetPages {
  readonly items: readonly AssetItem[];
  readonly total: AssetList['total'] | null;
  readonly corrections: Record<string, string[]>;
  /** First load: nothing can be shown yet. */
  readonly loading: boolean;
  /** Older results are shown while newer ones load. */
  readonly stale: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  loadMore(): void;
  reload(): void;
}

/** The assets of a view, page by page; old results stay while new ones load. */
export function useAssets(search: LibrarySearch, trashed = false): AssetPages {
  const params = useMemo(() => ({ ...filterQuery(search, trashed), sort: search.sort ?? defaultSort(search) }), [search, trashed]);
  const query = useInfiniteQuery({
    queryKey: [...keys.lists, params],
    queryFn: ({ pageParam, signal }) => api.assets.list({ ...params, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const items = useMemo(() => {
    // An asset that moved between two pages while they were read would come twice.
    const unique = new Map<string, AssetItem>();
    for (const page of query.data?.pages ?? []) for (const item of page.items) if (!unique.has(item.id)) unique.set(item.id, item);
    return [...unique.values()];
  }, [query.data]);
  const first = query.data?.pages[0];
  const { isFetchNextPageError, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  return {
    items,
    total: first?.total ?? null,
    corrections: first?.corrections ?? {},
    loading: query.isPending,
    stale: query.isPlaceholderData,
    error: query.error,
    hasMore: hasNextPage && !isFetchNextPageError,
    loadingMore: isFetchingNextPage,
    loadMore: () => {
      if (hasNextPage && !isFetchingNextPage && !query.isPlaceholderData) void fetchNextPage();
    },
    reload: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

/** Values and exact counts of every filter for what is shown. */
export function useFacets(search: LibrarySearch): Record<string, FacetValue[]> {
  const params = useMemo(() => filterQuery(search, false), [search]);
  const query = useQuery({
    queryKey: [...keys.facets, params],
    queryFn: ({ signal }) => api.assets.list({ ...params, limit: 1, facets: FILTERS.join(',') }, signal),
    placeholderData: keepPreviousData,
  });
  return query.data?.facets ?? {};
}
