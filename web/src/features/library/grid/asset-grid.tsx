import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef } from 'react';
import type { AssetItem } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { useStore } from '../../../ui/store.ts';
import type { Pointing } from '../asset-pointing.ts';
import { density, tileSize } from '../preferences.ts';
import { selection } from '../selection.ts';
import type { AssetPages } from '../use-assets.ts';
import classes from './grid.module.css';
import { verticalNeighbour } from './justified.ts';
import { Tile } from './tile.tsx';
import { GAP, useGridRows } from './use-grid-rows.ts';
import { type Box, useRubberBand } from './use-rubber-band.ts';

const CAPTION_PX = 28;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 6;
const FIRST_ROWS = 3;

interface Props {
  pages: AssetPages;
  layout: 'rows' | 'squares';
  pointing: RefObject<Pointing | null>;
  onClick(event: MouseEvent, id: string): void;
  onOpen(id: string): void;
  onQuickLook(item: AssetItem): void;
  onDragStart(event: React.DragEvent, id: string): void;
  /** The pointer rests on an asset: it may be opened next. */
  onIntent(id: string): void;
}

const idOf = (event: { target: EventTarget }): string | null =>
  (event.target as HTMLElement).closest<HTMLElement>('[data-asset]')?.dataset.asset ?? null;

/** Pictures in rows; only those near the window are in the document. */
export function AssetGrid({ pages, layout, pointing, onClick, onOpen, onQuickLook, onDragStart, onIntent }: Props) {
  const t = useText();
  const { items, hasMore, loadMore } = pages;
  const target = Number(useStore(tileSize));
  const caption = useStore(density) === 'comfortable';
  const selecting = useStore(selection, (value) => value.ids.size > 1);
  const focus = useStore(selection, (value) => value.focus);
  const scroll = useRef<HTMLDivElement>(null);
  const { ref: sizer, width } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLDivElement>(null);
  const rows = useGridRows(items, layout, width, target);
  const below = (caption ? CAPTION_PX : 0) + GAP;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (rows[index]?.height ?? target) + below,
    overscan: 4,
  });
  // Heights are known exactly: when they change, all of them do.
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rows, below]);

  const shown = virtualizer.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && rows.length > 0 && lastShown >= rows.length - AHEAD) loadMore();
  }, [hasMore, lastShown, rows.length, loadMore]);

  const tops = useMemo(() => {
    let top = 0;
    return rows.map((row) => {
      const own = top;
      top += row.height + below;
      return own;
    });
  }, [rows, below]);

  const inside = (box: Box): string[] =>
    rows.flatMap((row, at) => {
      if (tops[at]! > box.top + box.height || tops[at]! + row.height < box.top) return [];
      return row.lefts.flatMap((left, place) =>
        left < box.left + box.width && left + row.widths[place]! > box.left ? [items[row.start + place]!.id] : [],
      );
    });
  const { band, ...bandEvents } = useRubberBand(canvas, inside);

  useImperativeHandle(pointing, () => ({
    neighbour(id, direction) {
      const at = items.findIndex((item) => item.id === id);
      if (at < 0) return items[0]?.id ?? null;
      const next =
        direction === 'left' ? at - 1 : direction === 'right' ? at + 1 : verticalNeighbour(rows, at, direction === 'up' ? -1 : 1);
      return next === null ? null : (items[next]?.id ?? null);
    },
    reveal(id) {
      const at = items.findIndex((item) => item.id === id);
      const row = rows.findIndex((candidate) => at >= candidate.start && at < candidate.end);
      if (row >= 0) virtualizer.scrollToIndex(row, { align: 'auto' });
      requestAnimationFrame(() => document.getElementById(`asset-${id}`)?.focus({ preventScroll: true }));
    },
  }));

  const firstFocusable = items.some((item) => item.id === focus) ? focus : items[0]?.id;
  return (
    <div
      ref={scroll}
      className={`${classes.scroll} ${selecting ? classes.selecting : ''}`}
      data-scroll
      {...bandEvents}
      onClick={(event) => {
        const id = idOf(event);
        if (id) onClick(event, id);
      }}
      onPointerOver={(event) => {
        const id = idOf(event);
        if (id) onIntent(id);
      }}
      onDoubleClick={(event) => {
        const id = idOf(event);
        if (id) onOpen(id);
      }}
      onDragStart={(event) => {
        const id = idOf(event);
        if (id) onDragStart(event, id);
      }}
    >
      <div ref={sizer}>
        <div
          ref={canvas}
          className={classes.canvas}
          role="grid"
          aria-label={t.library.grid}
          aria-multiselectable="true"
          aria-rowcount={hasMore ? -1 : rows.length}
          aria-busy={pages.stale}
          style={{ height: virtualizer.getTotalSize() }}
        >
          {shown.map((virtual) => {
            const row = rows[virtual.index];
            if (!row) return null;
            return (
              <div
                key={virtual.key}
                role="row"
                aria-rowindex={virtual.index + 1}
                className={classes.row}
                style={{ transform: `translateY(${virtual.start}px)` }}
              >
                {items.slice(row.start, row.end).map((item, place) => (
                  <Tile
                    key={item.id}
                    item={item}
                    column={place}
                    left={row.lefts[place]!}
                    width={row.widths[place]!}
                    height={row.height}
                    caption={caption}
                    eager={virtual.index < FIRST_ROWS}
                    first={item.id === firstFocusable}
                    onQuickLook={onQuickLook}
                  />
                ))}
              </div>
            );
          })}
          {band && <div className={classes.band} style={band} />}
        </div>
      </div>
    </div>
  );
}
