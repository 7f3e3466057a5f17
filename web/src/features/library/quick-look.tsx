import { Modal } from '@mantine/core';
import { useEffect, useEffectEvent } from 'react';
import type { AssetItem } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatBytes, formatPixels, formatType } from '../../ui/format.ts';
import type { Pointing } from './asset-pointing.ts';
import classes from './quick-look.module.css';
import { selectOnly } from './selection.ts';
import { Thumbnail } from './thumbnail.tsx';
import type { AssetPages } from './use-assets.ts';

interface Props {
  item: AssetItem;
  pages: AssetPages;
  pointing: () => Pointing | null;
  onShow(item: AssetItem | null): void;
  onOpen(id: string): void;
}

/** Assets before the end of the list at which the next page is asked for. */
const AHEAD = 6;

/** A large look without leaving the list; arrows go on, space or Escape closes. */
export function QuickLook({ item, pages, pointing, onShow, onOpen }: Props) {
  const t = useText();
  const { items, hasMore, loadMore } = pages;
  const at = items.findIndex(({ id }) => id === item.id);
  useEffect(() => {
    if (hasMore && at >= items.length - AHEAD) loadMore();
  }, [at, hasMore, items.length, loadMore]);

  /** Back to the list, at the asset one has come to. */
  const close = () => {
    onShow(null);
    pointing()?.reveal(item.id);
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // A player uses arrows and space itself.
    if ((event.target as HTMLElement).closest('video')) return;
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step !== undefined) {
      const next = items[at + step];
      event.preventDefault();
      if (!next) return;
      selectOnly(next.id);
      onShow(next);
    } else if (event.key === ' ') {
      event.preventDefault();
      close();
    } else if (event.key === 'Enter') onOpen(item.id);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, []);
  const facts = [
    formatType(item.mime, item.name),
    item.width && item.height && formatPixels(item.width, item.height),
    formatBytes(item.bytes),
  ];
  return (
    <Modal
      opened
      onClose={close}
      size="min(1100px, 94vw)"
      title={
        <span className={classes.title}>
          {item.title ?? item.name} <span className={classes.facts}>{facts.filter(Boolean).join(' · ')}</span>
        </span>
      }
      closeButtonProps={{ 'aria-label': t.app.close }}
      classNames={{ body: classes.body }}
    >
      <div className={classes.stage}>
        {item.kind === 'video' && item.preview.clip ? (
          <video
            key={item.id}
            className={classes.video}
            src={item.preview.clip}
            poster={item.urls.preview ?? undefined}
            controls
            autoPlay
            muted
          />
        ) : (
          <Thumbnail key={item.id} item={item} width={1100} fit="contain" eager />
        )}
      </div>
    </Modal>
  );
}
