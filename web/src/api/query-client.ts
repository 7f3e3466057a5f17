import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './http.ts';

const RETRIES = 2;

/** Failures a second try can mend: no connection, server errors. Refusals stay refusals. */
const mayRetry = (count: number, error: Error): boolean =>
  count < RETRIES && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: mayRetry, staleTime: 20_000, refetchOnWindowFocus: false, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});

/** Keys of what is cached, from general to special: invalidating a prefix takes all below it. */
export const keys = {
  me: ['me'],
  lists: ['assets', 'list'],
  facets: ['assets', 'facets'],
  assets: ['assets', 'one'],
  asset: (id: string) => ['assets', 'one', id],
  folders: ['folders'],
  tags: (q: string) => ['tags', q],
  suggest: (q: string) => ['suggest', q],
  jobs: ['jobs'],
  job: (id: string) => ['jobs', id],
  members: ['members'],
  roles: ['roles'],
  groups: ['groups'],
  groupMembers: (id: string) => ['groups', id],
  accessOfFolders: ['folder-access'],
  folderAccess: (id: string) => ['folder-access', id],
  explanations: ['explanations'],
  apiKeys: ['api-keys'],
  named: ['named-transformations'],
  deliverySettings: ['delivery-settings'],
  signingKeys: ['signing-keys'],
} as const;
