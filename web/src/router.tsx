import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { ApiError } from './api/http.ts';
import { meQuery } from './api/queries.ts';
import { queryClient } from './api/query-client.ts';
import { type LibrarySearch, parseQuery, readSearch, readTrash, writeQuery } from './features/library/search-state.ts';
import { Frame } from './features/shell/frame.tsx';
import { NoSuchPage, PageError } from './ui/page-error.tsx';

/** Only addresses of this app: a foreign one in `return` must not be followed. */
export const safeReturn = (path: unknown): string =>
  typeof path === 'string' && /^\/(?![/\\])/.test(path) && !path.startsWith('/sign-in') ? path : '/';

const root = createRootRoute({ errorComponent: PageError, notFoundComponent: NoSuchPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (input: Record<string, unknown>): { return?: string; error?: string } => ({
    ...(typeof input.return === 'string' ? { return: safeReturn(input.return) } : {}),
    ...(typeof input.error === 'string' ? { error: input.error } : {}),
  }),
  component: lazyRouteComponent(() => import('./features/session/sign-in-page.tsx'), 'SignInPage'),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        const path = safeReturn(location.href);
        throw redirect({ to: '/sign-in', search: path === '/' ? {} : { return: path } });
      }
      throw error;
    }
  },
  component: Frame,
});

const library = createRoute({
  getParentRoute: () => frame,
  path: '/',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./features/library/library-page.tsx'), 'LibraryPage'),
});

const trash = createRoute({
  getParentRoute: () => frame,
  path: '/trash',
  validateSearch: readTrash,
  component: lazyRouteComponent(() => import('./features/library/trash-page.tsx'), 'TrashPage'),
});

const detail = createRoute({
  getParentRoute: () => frame,
  path: '/assets/$id',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./features/detail/detail-page.tsx'), 'DetailPage'),
});

const transform = createRoute({
  getParentRoute: () => frame,
  path: '/assets/$id/transform',
  // The list stays in the address: on the way back previous and next go through it again.
  validateSearch: (input: Record<string, unknown>): LibrarySearch & { tr?: string } => ({
    ...readSearch(input),
    ...(typeof input.tr === 'string' ? { tr: input.tr } : {}),
  }),
  component: lazyRouteComponent(() => import('./features/playground/playground-page.tsx'), 'PlaygroundPage'),
});

const profile = createRoute({
  getParentRoute: () => frame,
  path: '/profile',
  component: lazyRouteComponent(() => import('./features/session/profile-page.tsx'), 'ProfilePage'),
});

/** Those of the names that an address has a text for. */
const textsOf =
  <Name extends string>(...names: Name[]) =>
  (input: Record<string, unknown>): { [name in Name]?: string } => {
    const texts: { [name in Name]?: string } = {};
    for (const name of names) {
      const value = input[name];
      if (typeof value === 'string' && value !== '') texts[name] = value;
    }
    return texts;
  };

const people = createRoute({
  getParentRoute: () => frame,
  path: '/admin/people',
  validateSearch: textsOf('why', 'folder', 'verb'),
  component: lazyRouteComponent(() => import('./features/admin/people-page.tsx'), 'PeoplePage'),
});

const groups = createRoute({
  getParentRoute: () => frame,
  path: '/admin/people/groups',
  validateSearch: textsOf('group'),
  component: lazyRouteComponent(() => import('./features/admin/groups-page.tsx'), 'GroupsPage'),
});

const roles = createRoute({
  getParentRoute: () => frame,
  path: '/admin/people/roles',
  component: lazyRouteComponent(() => import('./features/admin/roles-page.tsx'), 'RolesPage'),
});

const apiKeys = createRoute({
  getParentRoute: () => frame,
  path: '/admin/api-keys',
  component: lazyRouteComponent(() => import('./features/admin/keys-page.tsx'), 'KeysPage'),
});

const deliverySettings = createRoute({
  getParentRoute: () => frame,
  path: '/admin/delivery',
  component: lazyRouteComponent(() => import('./features/admin/delivery-page.tsx'), 'DeliveryPage'),
});

const workspace = createRoute({
  getParentRoute: () => frame,
  path: '/admin/workspace',
  component: lazyRouteComponent(() => import('./features/admin/workspace-page.tsx'), 'WorkspacePage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    frame.addChildren([library, trash, detail, transform, profile, people, groups, roles, apiKeys, deliverySettings, workspace]),
  ]),
  parseSearch: parseQuery,
  stringifySearch: writeQuery,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: PageError,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
