import { Modal } from '@mantine/core';
import { useEffect } from 'react';
import type { AssetItem } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatBytes, formatPixels, formatType } from '../../ui/format.ts';
import type { Pointing } from './asset-pointing.ts';
import classes from './quick-look.module.css';
import { selectOnly } from './selection.ts';
import { Thumbnail } from './thumbnail.tsx';

interface Props {
  item: AssetItem;
  items: readonly AssetItem[];
  pointing: () => Pointing | null;
  onShow(item: AssetItem | null): void;
  onOpen(id: string): void;
}

/** A large look without leaving the list; arrows go on, space or Escape closes. */
export function QuickLook({ item, items, pointing, onShow, onOpen }: Props) {
  const t = useText();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (step !== undefined) {
        const next = items[items.findIndex(({ id }) => id === item.id) + step];
        event.preventDefault();
        if (!next) return;
        selectOnly(next.id);
        onShow(next);
      } else if (event.key === ' ') {
        event.preventDefault();
        onShow(null);
      } else if (event.key === 'Enter') onOpen(item.id);
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [item, items, onShow, onOpen]);
  const facts = [
    formatType(item.mime, item.name),
    item.width && item.height && formatPixels(item.width, item.height),
    formatBytes(item.bytes),
  ];
  return (
    <Modal
      opened
      onClose={() => {
        onShow(null);
        pointing()?.reveal(item.id);
      }}
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
