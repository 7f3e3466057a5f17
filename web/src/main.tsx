import './styles.ts';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { whenSignedOut } from './api/http.ts';
import { keys, queryClient } from './api/query-client.ts';
import { TextProvider } from './messages/index.tsx';
import { router, safeReturn } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

const colorScheme = localStorageColorSchemeManager({ key: 'damson.scheme' });

whenSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in') return;
  queryClient.removeQueries({ queryKey: keys.me });
  const path = safeReturn(href);
  void router.navigate({ to: '/sign-in', search: path === '/' ? {} : { return: path }, replace: true });
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has lost its root element');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} colorSchemeManager={colorScheme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <TextProvider>
          <Notifications position="bottom-left" limit={4} containerWidth={320} />
          <RouterProvider router={router} />
        </TextProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
