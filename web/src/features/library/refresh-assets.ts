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
/** Counts and searches come from the index, which follows the database a moment later: they are read once more. */
const INDEX_LAG_MS = 2500;

const COUNTED = [keys.facets, ['tags']];
const LISTED = [keys.lists, keys.folders, ...COUNTED];

let soon: ReturnType<typeof setTimeout> | undefined;
let later: ReturnType<typeof setTimeout> | undefined;
let last = 0;

/** Asks again for what is shown: at most once in a while however many events arrive, and once more when they have ended. */
function refreshSoon(client: QueryClient, queryKeys: readonly (readonly string[])[]): void {
  const refresh = () => {
    last = Date.now();
    for (const queryKey of queryKeys) void client.invalidateQueries({ queryKey });
  };
  soon ??= setTimeout(
    () => {
      soon = undefined;
      refresh();
    },
    Math.max(0, last + PAUSE_MS - Date.now()),
  );
  clearTimeout(later);
  later = setTimeout(refresh, INDEX_LAG_MS);
}

/** After a change of one's own: lists, counts and folders, now and when the index has followed. */
export const refreshLists = (client: QueryClient): void => refreshSoon(client, LISTED);

/** Whether a shown list depends on more than its order: a change may bring assets in or out. */
const isSearch = (client: QueryClient): boolean =>
  client
    .getQueryCache()
    .findAll({ queryKey: keys.lists, type: 'active' })
    .some(({ queryKey }) => Object.keys(queryKey.at(-1) as object).some((key) => key !== 'sort' && key !== 'trashed'));

/** Brings changed assets up to date: `true` for those that came or went, `false` for those that only changed. */
export async function refreshAssets(client: QueryClient, changed: ReadonlyMap<string, boolean>): Promise<void> {
  const shown = shownIds(client);
  const known = [...changed].filter(([id, moves]) => !moves && (shown.has(id) || client.getQueryData(keys.asset(id)))).map(([id]) => id);
  if ([...changed].some(([id, moves]) => moves || !shown.has(id)) || known.length > AT_ONCE) refreshSoon(client, LISTED);
  else refreshSoon(client, isSearch(client) ? LISTED : COUNTED);
  await Promise.all(
    known.slice(0, AT_ONCE).map(async (id) => {
      const asset = await api.assets.get(id).catch(() => null);
      if (!asset) return;
      client.setQueryData<Asset>(keys.asset(id), asset);
      putAsset(client, asset);
    }),
  );
}
