import { Button, Group, Skeleton } from '@mantine/core';
import { IconArrowRight, IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { assetQuery } from '../../api/queries.ts';
import type { AssetItem } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';
import { Failed } from '../../ui/failed.tsx';
import { formatBytes } from '../../ui/format.ts';
import { AssetFacts } from '../detail/asset-facts.tsx';
import { copyDelivery } from '../detail/copy-delivery.ts';
import { AssetForm } from '../detail/asset-form.tsx';
import { PublishControl } from '../detail/publish-control.tsx';
import { Glance } from './glance.tsx';
import classes from './inspector.module.css';
import { inDetail, type LibrarySearch } from './search-state.ts';
import { Thumbnail } from './thumbnail.tsx';

interface Props {
  items: readonly AssetItem[];
  search: LibrarySearch;
  trashed: boolean;
}

const MOSAIC = 6;

/** What is selected, at the right of the list. */
export function Inspector({ items, search, trashed }: Props) {
  const t = useText();
  const [only] = items;
  return (
    <aside className={classes.panel} aria-label={t.library.inspector}>
      {items.length === 0 && <Glance search={search} trashed={trashed} />}
      {items.length === 1 && only && <One key={only.id} item={only} search={inDetail(search, trashed)} />}
      {items.length > 1 && <Several items={items} />}
    </aside>
  );
}

function One({ item, search }: { item: AssetItem; search: LibrarySearch }) {
  const t = useText();
  const { data: asset, error, refetch } = useQuery(assetQuery(item.id));
  const ratio = item.width && item.height ? Math.min(1.9, Math.max(0.9, item.width / item.height)) : 1.5;
  return (
    <>
      <div className={classes.preview} style={{ aspectRatio: ratio }}>
        <Thumbnail item={item} width={320} fit="contain" />
      </div>
      <div className={classes.body}>
        <h2 className={classes.name}>{item.title ?? item.name}</h2>
        <Group gap={6} mt={10} mb={14} wrap="nowrap">
          <Button
            size="compact-md"
            rightSection={<IconArrowRight size={15} aria-hidden />}
            renderRoot={(props) => <Link {...props} to="/assets/$id" params={{ id: item.id }} search={search} />}
          >
            {t.library.open}
          </Button>
          <Button
            size="compact-md"
            variant="default"
            leftSection={<IconCopy size={15} aria-hidden />}
            onClick={() => void copyDelivery(item, t)}
          >
            {t.delivery.copyUrl}
          </Button>
        </Group>
        {!asset && !error && <Skeleton height={180} />}
        {!asset && error && <Failed text={errorText(error, t)} onRetry={() => void refetch()} />}
        {asset && (
          <>
            {!asset.deletedAt && <PublishControl asset={asset} />}
            <AssetForm asset={asset} brief />
            <AssetFacts asset={asset} />
          </>
        )}
      </div>
    </>
  );
}

function Several({ items }: { items: readonly AssetItem[] }) {
  const t = useText();
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  const common = items[0]?.tags.filter((tag) => items.every(({ tags }) => tags.includes(tag))) ?? [];
  return (
    <>
      <div className={classes.mosaic}>
        {items.slice(0, MOSAIC).map((item) => (
          <div key={item.id} className={classes.piece}>
            <Thumbnail item={item} width={100} />
          </div>
        ))}
      </div>
      <div className={classes.body}>
        <h2 className={classes.name}>{t.library.severalSelected(items.length, formatBytes(bytes))}</h2>
        {common.length > 0 && (
          <p className={classes.common}>
            {t.library.commonTags}: {common.join(', ')}
          </p>
        )}
      </div>
    </>
  );
}
