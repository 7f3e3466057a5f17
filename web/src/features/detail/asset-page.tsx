import { Button, Loader } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconCloudOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../../api/http.ts';
import { assetQuery } from '../../api/queries.ts';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { errorText } from '../../ui/error-text.ts';
import { NotFound } from '../../ui/page-error.tsx';

interface AssetPageProps {
  id: string;
  /** What the page is called, before the asset's name. */
  title?: string;
  /** Class of the page while it waits, and the colour of its spinner on that ground. */
  waiting: string | undefined;
  spinner?: string;
  children: (asset: Asset) => ReactNode;
}

/** A page about one asset: until it is there, and when it is not to be had. */
export function AssetPage({ id, title, waiting, spinner, children }: AssetPageProps) {
  const t = useText();
  const { data: asset, error, refetch } = useQuery(assetQuery(id));
  useDocumentTitle([title, asset?.title ?? asset?.name ?? t.app.loading, t.app.name].filter(Boolean).join(' · '));
  if (asset) return children(asset);
  if (error) {
    if (error instanceof ApiError && error.status === 404) return <NotFound />;
    return (
      <EmptyState level={1} icon={IconCloudOff} title={t.error.title} text={errorText(error, t)}>
        <Button onClick={() => void refetch()}>{t.app.retry}</Button>
      </EmptyState>
    );
  }
  return (
    <div className={waiting} role="status" aria-label={t.app.loading}>
      <Loader {...(spinner === undefined ? {} : { color: spinner })} />
    </div>
  );
}
