import { hashKey, keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { AssetItem, AssetList, FacetValue } from '../../api/types.ts';
import { useStore } from '../../ui/store.ts';
import { behind, caughtUp, showNew } from './refresh-assets.ts';
import { defaultSort, FILTERS, filterQuery, type LibrarySearch, LAST_DELETED } from './search-state.ts';

const PAGE = 50;

export interface AssetPages {
  readonly items: readonly AssetItem[];
  readonly total: AssetList['total'] | null;
  readonly corrections: Record<string, string[]>;
  /** First load: nothing can be shown yet. */
  readonly loading: boolean;
  /** Older results are shown while newer ones load. */
  readonly stale: boolean;
  /** The list is long and something was added or changed; `showNew` reads it from its beginning. */
  readonly behind: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  loadMore(): void;
  reload(): void;
  showNew(): void;
}

/** The assets of a view, page by page; old results stay while new ones load. */
export function useAssets(search: LibrarySearch, trashed = false): AssetPages {
  const client = useQueryClient();
  const params = useMemo(() => {
    const sort = search.sort ?? defaultSort(search, trashed);
    // What the trash does when it is not told is not among the orders one can ask for.
    return { ...filterQuery(search, trashed), sort: sort === LAST_DELETED ? undefined : sort };
  }, [search, trashed]);
  const queryKey = [...keys.lists, params];
  const hash = hashKey(queryKey);
  const query = useInfiniteQuery({
    queryKey,
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
  // Read as a whole again, for whatever reason: it is not behind any more.
  const whole = query.isFetching && !query.isFetchingNextPage;
  useEffect(() => {
    if (whole) caughtUp(hash);
  }, [whole, hash]);
  const { isFetchNextPageError, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  return {
    items,
    total: first?.total ?? null,
    corrections: first?.corrections ?? {},
    loading: query.isPending,
    stale: query.isPlaceholderData,
    behind: useStore(behind, (hashes) => hashes.has(hash)),
    error: query.error,
    hasMore: hasNextPage && !isFetchNextPageError,
    loadingMore: isFetchingNextPage,
    loadMore: () => {
      if (hasNextPage && !isFetchingNextPage && !query.isPlaceholderData) void fetchNextPage();
    },
    showNew: () => void showNew(client, queryKey),
    reload: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

export interface Facets {
  readonly values: Record<string, FacetValue[]>;
  readonly loading: boolean;
  readonly error: Error | null;
  reload(): void;
}

/** As many values of a filter as the server gives. */
const EVERY_VALUE = 1000;

/** Values and exact counts of every filter for what is shown; the most frequent ones, or `every` one. */
export function useFacets(search: LibrarySearch, every = false): Facets {
  const params = useMemo(() => ({ ...filterQuery(search, false), ...(every && { facetLimit: EVERY_VALUE }) }), [search, every]);
  const query = useQuery({
    queryKey: [...keys.facets, params],
    queryFn: ({ signal }) => api.assets.list({ ...params, limit: 1, facets: FILTERS.join(',') }, signal),
    placeholderData: keepPreviousData,
  });
  const { data, isPending, error, refetch } = query;
  return { values: data?.facets ?? {}, loading: isPending, error: data ? null : error, reload: () => void refetch() };
}
