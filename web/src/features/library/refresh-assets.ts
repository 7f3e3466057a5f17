import { hashKey, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Asset, AssetItem, AssetList } from '../../api/types.ts';
import { createStore } from '../../ui/store.ts';

export type Pages = InfiniteData<AssetList, string | undefined>;

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
/** A list is read page after page: from here on reading all of it for every change of others would never end. */
const MOST_PAGES = 3;

/** Lists (by the hash of their key) that are long and behind: they change when somebody asks for it. */
export const behind = createStore<ReadonlySet<string>>(new Set());

export const caughtUp = (hash: string): void =>
  behind.set((old) => (old.has(hash) ? new Set([...old].filter((other) => other !== hash)) : old));

/** What is asked for again: counts always, lists and folders when assets came or went, long lists only after a change of one's own. */
type Extent = 'counts' | 'lists' | 'all';
const ORDER: readonly Extent[] = ['counts', 'lists', 'all'];
const wider = (a: Extent | null, b: Extent): Extent => (a !== null && ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b);

function refreshNow(client: QueryClient, extent: Extent): void {
  // A read that is under way goes on: cancelled by each event of somebody's upload, none would ever arrive. Only what one has
  // done oneself must be seen at once.
  const options = { cancelRefetch: extent === 'all' };
  const again = (queryKey: readonly string[]) => void client.invalidateQueries({ queryKey }, options);
  again(keys.facets);
  again(['tags']);
  if (extent === 'counts') return;
  again(keys.folders);
  const long = new Set<string>();
  for (const query of client.getQueryCache().findAll({ queryKey: keys.lists, type: 'active' })) {
    const pages = (query.state.data as Pages | undefined)?.pages.length ?? 0;
    if (extent === 'lists' && pages > MOST_PAGES) long.add(query.queryHash);
  }
  void client.invalidateQueries({ queryKey: keys.lists, predicate: ({ queryHash }) => !long.has(queryHash) }, options);
  if (long.size === 0) return;
  void client.invalidateQueries({ queryKey: keys.lists, predicate: ({ queryHash }) => long.has(queryHash), refetchType: 'none' });
  behind.set((old) => new Set([...old, ...long]));
}

let soon: ReturnType<typeof setTimeout> | undefined;
let later: ReturnType<typeof setTimeout> | undefined;
let wanted: Extent | null = null;
let wantedLater: Extent | null = null;
let last = 0;

/** Asks again for what is shown: at most once in a while however many events arrive, and once more when they have ended. */
function refreshSoon(client: QueryClient, extent: Extent): void {
  wanted = wider(wanted, extent);
  wantedLater = wider(wantedLater, extent);
  soon ??= setTimeout(
    () => {
      const now = wanted ?? extent;
      soon = undefined;
      wanted = null;
      last = Date.now();
      refreshNow(client, now);
    },
    Math.max(0, last + PAUSE_MS - Date.now()),
  );
  clearTimeout(later);
  later = setTimeout(() => {
    const now = wantedLater ?? extent;
    wantedLater = null;
    last = Date.now();
    refreshNow(client, now);
  }, INDEX_LAG_MS);
}

/** After a change of one's own: lists, counts and folders, now and when the index has followed. */
export const refreshLists = (client: QueryClient): void => refreshSoon(client, 'all');

/** Reads a long list from its beginning. */
export async function showNew(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  client.setQueryData<Pages>(queryKey, (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) });
  caughtUp(hashKey(queryKey));
  await client.invalidateQueries({ queryKey, exact: true });
}

/** Whether a shown list depends on more than its order: a change may bring assets in or out. */
const isSearch = (client: QueryClient): boolean =>
  client
    .getQueryCache()
    .findAll({ queryKey: keys.lists, type: 'active' })
    .some(({ queryKey }) => Object.keys(queryKey.at(-1) as object).some((key) => key !== 'sort' && key !== 'trashed'));

/** Brings changed assets up to date: `true` for those that came or went, `false` for those that only changed. */
export async function refreshAssets(client: QueryClient, changed: ReadonlyMap<string, boolean>): Promise<void> {
  const shown = shownIds(client);
  const known = [...changed].filter(([id, moves]) => !moves && shown.has(id)).map(([id]) => id);
  const unknown = [...changed].some(([id, moves]) => moves || !shown.has(id));
  refreshSoon(client, unknown || known.length > AT_ONCE || isSearch(client) ? 'lists' : 'counts');
  const now = new Set(known.slice(0, AT_ONCE));
  // What is open in detail follows whatever happened to it: it may have been deleted, or have left the list.
  for (const id of changed.keys()) if (!now.has(id)) void client.invalidateQueries({ queryKey: keys.asset(id), exact: true });
  await Promise.all(
    [...now].map(async (id) => {
      const asset = await api.assets.get(id).catch(() => null);
      if (!asset) return;
      client.setQueryData<Asset>(keys.asset(id), asset);
      putAsset(client, asset);
    }),
  );
}
