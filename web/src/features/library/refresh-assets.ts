import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Asset, AssetItem, AssetList } from '../../api/types.ts';

type Pages = InfiniteData<AssetList, string | undefined>;

/** Puts the newest state of an asset into every list that holds it, without asking the server for the lists again. */
export function putAsset(client: QueryClient, asset: Asset | AssetItem): void {
  client.setQueriesData<Pages>({ queryKey: keys.lists }, (data) => {
    if (!data?.pages.some((page) => page.items.some((item) => item.id === asset.id))) return data;
    const pages = data.pages.map((page) => ({
      ...page,
      items: page.items.map((item) => (item.id === asset.id && item.rowVersion <= asset.rowVersion ? { ...item, ...asset } : item)),
    }));
    return { ...data, pages };
  });
}

const shownIds = (client: QueryClient): Set<string> => {
  const ids = new Set<string>();
  for (const [, data] of client.getQueriesData<Pages>({ queryKey: keys.lists, type: 'active' })) {
    for (const page of data?.pages ?? []) for (const item of page.items) ids.add(item.id);
  }
  return ids;
};

const AT_ONCE = 24;
const PAUSE_MS = 1200;
let waiting: ReturnType<typeof setTimeout> | undefined;
let last = 0;

/** Asks for the shown lists again, at most once in a while however many events arrive. */
function refreshListsSoon(client: QueryClient): void {
  if (waiting) return;
  const delay = Math.max(0, last + PAUSE_MS - Date.now());
  waiting = setTimeout(() => {
    waiting = undefined;
    last = Date.now();
    void client.invalidateQueries({ queryKey: keys.lists });
    void client.invalidateQueries({ queryKey: keys.facets });
    void client.invalidateQueries({ queryKey: keys.folders });
  }, delay);
}

/** Brings changed assets up to date: `true` for those that came or went, `false` for those that only changed. */
export async function refreshAssets(client: QueryClient, changed: ReadonlyMap<string, boolean>): Promise<void> {
  const shown = shownIds(client);
  const known = [...changed].filter(([id, moves]) => !moves && (shown.has(id) || client.getQueryData(keys.asset(id)))).map(([id]) => id);
  if ([...changed].some(([id, moves]) => moves || !shown.has(id)) || known.length > AT_ONCE) refreshListsSoon(client);
  else void client.invalidateQueries({ queryKey: keys.facets });
  await Promise.all(
    known.slice(0, AT_ONCE).map(async (id) => {
      const asset = await api.assets.get(id).catch(() => null);
      if (!asset) return;
      client.setQueryData<Asset>(keys.asset(id), asset);
      putAsset(client, asset);
    }),
  );
}
