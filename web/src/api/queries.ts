import { queryOptions } from '@tanstack/react-query';
import { api } from './api.ts';
import { keys } from './query-client.ts';

/** Who is signed in; changes seldom. */
export const meQuery = queryOptions({ queryKey: keys.me, queryFn: ({ signal }) => api.me.get(signal), staleTime: 300_000 });

/** All that is known of one asset. */
export const assetQuery = (id: string) => queryOptions({ queryKey: keys.asset(id), queryFn: ({ signal }) => api.assets.get(id, signal) });
