import { Button, Group } from '@mantine/core';
import { IconMoodPuzzled, IconPlugConnectedX } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { ApiError } from '../api/http.ts';
import { useText } from '../messages/index.tsx';
import { EmptyState } from './empty-state.tsx';
import { errorText } from './error-text.ts';

/** Shown in place of a page that threw. */
export function PageError({ error }: ErrorComponentProps) {
  const t = useText();
  const router = useRouter();
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  const known = error instanceof ApiError;
  return (
    <EmptyState level={1} icon={IconPlugConnectedX} title={t.error.page} text={known ? errorText(error, t) : t.error.pageHelp}>
      <Group justify="center">
        <Button onClick={() => (known ? void router.invalidate() : window.location.reload())}>
          {known ? t.app.retry : t.error.reload}
        </Button>
      </Group>
    </EmptyState>
  );
}

export function NotFound() {
  const t = useText();
  return (
    <EmptyState level={1} icon={IconMoodPuzzled} title={t.error.notFound} text={t.error.notFoundHelp}>
      <Button component={Link} to="/">
        {t.error.toLibrary}
      </Button>
    </EmptyState>
  );
}

/** For addresses that belong to no page: stands alone, without the frame. */
export function NoSuchPage() {
  return (
    <main>
      <NotFound />
    </main>
  );
}
