import { ActionIcon, Alert, Button, Tabs, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconChevronLeft, IconChevronRight, IconDownload, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { assetQuery } from '../../api/queries.ts';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatNumber } from '../../ui/format.ts';
import { runBulk } from '../jobs/run-bulk.tsx';
import { openAction } from '../library/actions/action-dialog.ts';
import { ActionDialogs } from '../library/actions/action-dialogs.tsx';
import { download } from '../library/actions/download.ts';
import { inList, type LibrarySearch, readSearch } from '../library/search-state.ts';
import { FramingCanvas } from '../framing/framing-canvas.tsx';
import { FramingTab } from '../framing/framing-tab.tsx';
import { isFramable, useFraming } from '../framing/use-framing.ts';
import { AssetFacts } from './asset-facts.tsx';
import { AssetForm } from './asset-form.tsx';
import { AssetPage } from './asset-page.tsx';
import { copyDelivery } from './copy-delivery.ts';
import { chosenAddress, deliveryChoice } from './delivery-choice.ts';
import { DeliveryTab } from './delivery-tab.tsx';
import classes from './detail.module.css';
import { FileTab } from './file-tab.tsx';
import { MediaCanvas } from './media-canvas.tsx';
import { MetadataList } from './metadata-list.tsx';
import { PublishControl } from './publish-control.tsx';
import { useDetailKeys } from './use-detail-keys.ts';
import { useNeighbours } from './use-neighbours.ts';

/** One asset: large at the left, all that is known at the right. Previous and next keep the query. */
export function DetailPage() {
  const { id } = useParams({ from: '/frame/assets/$id' });
  return (
    <AssetPage id={id} waiting={classes.waiting} spinner="gray.4">
      {(asset) => <Detail asset={asset} />}
    </AssetPage>
  );
}

function Detail({ asset }: { asset: Asset }) {
  const t = useText();
  const search: LibrarySearch = useSearch({ from: '/frame/assets/$id' });
  const navigate = useNavigate();
  const client = useQueryClient();
  // By the address: what is deleted here does not turn the library into the trash.
  const fromTrash = search.place === 'trash';
  const { previous, next, position, total } = useNeighbours(asset.id, search, fromTrash);

  // The neighbours are likely to be looked at next.
  useEffect(() => {
    for (const item of [next, previous]) {
      if (!item) continue;
      void client.prefetchQuery(assetQuery(item.id));
      if (item.urls.preview) new Image().src = item.urls.preview;
    }
  }, [client, next?.id, previous?.id]);

  const goTo = useCallback((id: string) => void navigate({ to: '/assets/$id', params: { id }, search, replace: true }), [navigate, search]);
  const list = inList(search);
  const back = fromTrash ? '/trash' : '/';
  const close = useCallback(
    () => void navigate({ to: back, search: readSearch({ ...list, sel: [asset.id] }) }),
    [navigate, back, JSON.stringify(list), asset.id],
  );
  const trash = () =>
    openAction('trash', [asset], () => {
      const onward = next ?? previous;
      if (onward) goTo(onward.id);
      else close();
    });
  const mayTrash = asset.verbs.includes('delete') && !asset.deletedAt;
  const mayDownload = asset.verbs.includes('original');
  useDetailKeys({
    previous: previous && (() => goTo(previous.id)),
    next: next && (() => goTo(next.id)),
    close,
    trash: mayTrash ? trash : null,
    download: mayDownload ? () => download([asset], t) : null,
    copy: () => void copyDelivery(asset, t, chosenAddress(asset, deliveryChoice.get()).url),
  });

  const editor = useFraming(asset);
  const framable = isFramable(asset);
  const tab = search.tab === 'framing' && !framable ? 'details' : (search.tab ?? 'details');
  const setTab = (value: string | null) =>
    void navigate({ to: '/assets/$id', params: { id: asset.id }, search: readSearch({ ...search, tab: value }), replace: true });
  const totalText = total && `${formatNumber(total.value)}${total.relation === 'gte' ? '+' : ''}`;
  return (
    <div className={classes.page}>
      <div className={classes.left} data-drawing={tab === 'framing' || undefined}>
        <div className={classes.bar}>
          <Tooltip label={t.detail.close}>
            <ActionIcon
              size="lg"
              aria-label={t.detail.close}
              renderRoot={(props) => <Link {...props} to={back} search={readSearch({ ...list, sel: [asset.id] })} />}
            >
              <IconArrowLeft size={19} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <h1 className={classes.title} title={asset.name}>
            {asset.title ?? asset.name}
          </h1>
          {position !== null && totalText && (
            <span className={`${classes.small} ${classes.position} numbers`}>{t.detail.position(position, totalText)}</span>
          )}
          <ActionIcon size="lg" aria-label={t.detail.previous} disabled={!previous} onClick={() => previous && goTo(previous.id)}>
            <IconChevronLeft size={20} aria-hidden />
          </ActionIcon>
          <ActionIcon size="lg" aria-label={t.detail.next} disabled={!next} onClick={() => next && goTo(next.id)}>
            <IconChevronRight size={20} aria-hidden />
          </ActionIcon>
          {mayDownload && (
            <Tooltip label={t.detail.download}>
              <ActionIcon size="lg" component="a" href={asset.urls.original} download={asset.name} aria-label={t.detail.download}>
                <IconDownload size={19} stroke={1.7} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
          {mayTrash && (
            <Tooltip label={t.detail.trash}>
              <ActionIcon size="lg" aria-label={t.detail.trash} onClick={trash}>
                <IconTrash size={19} stroke={1.7} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
        {asset.deletedAt && (
          <Alert color="orange" radius={0} py={8}>
            {t.detail.trashed}{' '}
            <Button size="compact-sm" variant="default" ml={8} onClick={() => void runBulk({ action: 'restore', ids: [asset.id] }, t)}>
              {t.detail.restore}
            </Button>
          </Alert>
        )}
        {tab === 'framing' ? <FramingCanvas asset={asset} editor={editor} /> : <MediaCanvas key={asset.id} asset={asset} />}
      </div>
      <aside className={classes.right} aria-label={t.detail.inspector}>
        <Tabs value={tab} onChange={setTab} keepMounted={false} className={classes.tabs}>
          <Tabs.List grow>
            {['details', 'delivery', ...(framable ? ['framing'] : []), 'file'].map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t.detail.tabs[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="details" className={classes.panel}>
            {!asset.deletedAt && <PublishControl asset={asset} />}
            {asset.duplicateOf && (
              <Alert color="orange" mb="sm" py={8}>
                {t.detail.duplicate}.{' '}
                <Link to="/assets/$id" params={{ id: asset.duplicateOf }} className={classes.link}>
                  {t.detail.showDuplicate}
                </Link>
              </Alert>
            )}
            <AssetForm key={asset.id} asset={asset} />
            <AssetFacts asset={asset} />
            <MetadataList key={`${asset.id}m`} asset={asset} />
          </Tabs.Panel>
          <Tabs.Panel value="delivery" className={classes.panel}>
            <DeliveryTab key={asset.id} asset={asset} />
          </Tabs.Panel>
          {framable && (
            <Tabs.Panel value="framing" className={classes.panel}>
              <FramingTab key={asset.id} asset={asset} editor={editor} />
            </Tabs.Panel>
          )}
          <Tabs.Panel value="file" className={classes.panel}>
            <FileTab asset={asset} />
          </Tabs.Panel>
        </Tabs>
      </aside>
      <ActionDialogs />
    </div>
  );
}
