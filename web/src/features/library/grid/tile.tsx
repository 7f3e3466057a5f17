import { IconAlertTriangleFilled, IconCheck, IconEye, IconWorld } from '@tabler/icons-react';
import { memo } from 'react';
import type { AssetItem } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { formatDuration, formatType } from '../../../ui/format.ts';
import { useStore } from '../../../ui/store.ts';
import { selection, toggle } from '../selection.ts';
import { Thumbnail } from '../thumbnail.tsx';
import classes from './grid.module.css';

interface Props {
  item: AssetItem;
  column: number;
  left: number;
  width: number;
  /** Height of the picture, without the caption. */
  height: number;
  caption: boolean;
  eager: boolean;
  /** The tile the Tab key reaches. */
  first: boolean;
  onQuickLook(item: AssetItem): void;
}

const badgeOf = (item: AssetItem): string | null => {
  if (item.duration !== null) return formatDuration(item.duration);
  if (item.kind === 'document') return formatType(item.mime, item.name);
  return null;
};

/** One asset of the grid. Clicks and keys are handled by the grid around it. */
export const Tile = memo(function Tile({ item, column, left, width, height, caption, eager, first, onQuickLook }: Props) {
  const t = useText();
  const selected = useStore(selection, (value) => value.ids.has(item.id));
  const focused = useStore(selection, (value) => value.focus === item.id);
  const failed = item.status === 'failed' || item.status === 'quarantined';
  const badge = badgeOf(item);
  const states = [
    item.duration !== null && badge,
    item.published.now && t.publish.published,
    item.status !== 'ready' && t.values.status[item.status],
  ].filter(Boolean);
  return (
    <div
      id={`asset-${item.id}`}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={selected}
      aria-label={[item.title ?? item.name, t.values.kindOne[item.kind], ...states].join(', ')}
      tabIndex={focused || first ? 0 : -1}
      data-asset={item.id}
      className={classes.tile}
      data-selected={selected || undefined}
      data-picture={item.urls.thumbnail !== null || undefined}
      style={{ left, width }}
      draggable
    >
      <div className={classes.frame} style={{ height }}>
        <Thumbnail item={item} width={width} eager={eager} />
        <div className={classes.shade} aria-hidden="true" />
        <button
          type="button"
          className={classes.check}
          tabIndex={-1}
          aria-label={selected ? t.library.unselect(item.name) : t.library.select(item.name)}
          aria-pressed={selected}
          onClick={(event) => {
            event.stopPropagation();
            toggle(item.id);
          }}
        >
          <IconCheck size={14} stroke={3} aria-hidden />
        </button>
        <div className={classes.marks}>
          {failed && (
            <span className={classes.mark} data-bad title={item.failure?.detail ?? t.values.status[item.status]}>
              <IconAlertTriangleFilled size={13} aria-hidden />
            </span>
          )}
          {item.published.now && (
            <span className={classes.mark} title={t.library.publishedHint}>
              <IconWorld size={14} stroke={2} aria-hidden />
            </span>
          )}
        </div>
        {badge && <span className={classes.badge} data-text={badge} />}
        <button
          type="button"
          className={classes.look}
          tabIndex={-1}
          aria-label={`${t.library.quickLook}: ${item.name}`}
          onClick={(event) => {
            event.stopPropagation();
            onQuickLook(item);
          }}
        >
          <IconEye size={16} aria-hidden />
        </button>
      </div>
      {caption && (
        <div className={classes.caption} title={item.name}>
          {item.title ?? item.name}
        </div>
      )}
    </div>
  );
});
