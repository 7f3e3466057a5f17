import { useEffect } from 'react';
import type { AssetItem } from '../../api/types.ts';
import type { LibrarySearch } from '../library/search-state.ts';
import { useAssets } from '../library/use-assets.ts';

interface Neighbours {
  readonly previous: AssetItem | null;
  readonly next: AssetItem | null;
  /** 1-based; null when the asset is not among those loaded. */
  readonly position: number | null;
  readonly total: { value: number; relation: 'eq' | 'gte' } | null;
}

/** The assets before and after this one in the list it was opened from. */
export function useNeighbours(id: string, search: LibrarySearch, trashed: boolean): Neighbours {
  const { items, total, hasMore, loadMore } = useAssets(search, trashed);
  const at = items.findIndex((item) => item.id === id);
  const nearEnd = at >= 0 && at >= items.length - 3;
  useEffect(() => {
    if (nearEnd && hasMore) loadMore();
  }, [nearEnd, hasMore, loadMore]);
  return {
    previous: items[at - 1] ?? null,
    next: at < 0 ? null : (items[at + 1] ?? null),
    position: at < 0 ? null : at + 1,
    total,
  };
}
