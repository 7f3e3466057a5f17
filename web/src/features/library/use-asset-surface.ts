import { useVirtualizer } from '@tanstack/react-virtual';
import { type DragEvent, type MouseEvent, type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { useStore } from '../../ui/store.ts';
import type { Direction, Pointing } from './asset-pointing.ts';
import { type LibrarySearch, placeOf } from './search-state.ts';
import { selection } from './selection.ts';
import type { AssetPages } from './use-assets.ts';

export interface SurfaceProps {
  pages: AssetPages;
  search: LibrarySearch;
  trashed: boolean;
  pointing: RefObject<Pointing | null>;
  onClick(event: MouseEvent, id: string): void;
  onOpen(id: string): void;
  onDragStart(event: DragEvent, id: string): void;
  /** The pointer rests on an asset: it may be opened next. */
  onIntent(id: string): void;
}

/** How the assets lie: rows from top to bottom, of one asset or several. */
interface Layout {
  readonly rows: number;
  /** Height of a row, px, with the gap below. Another function means that heights have changed. */
  readonly height: (row: number) => number;
  /** The row of the asset at this place of the list. */
  rowOf(at: number): number;
  /** Place of the asset above (-1) or below (1); null at the edge. */
  vertical(at: number, step: 1 | -1): number | null;
  readonly overscan: number;
  /** Rows before the end at which the next page is asked for. */
  readonly ahead: number;
  /** Height of what lies over the top of the rows, px. */
  readonly covered?: number;
}

/** Where each list was left, px from its top; coming back from an asset goes on there. */
const offsets = new Map<string, number>();
const MOST_OFFSETS = 50;

function remember(place: string, top: number): void {
  offsets.delete(place);
  offsets.set(place, top);
  const [oldest] = offsets.keys();
  if (offsets.size > MOST_OFFSETS && oldest !== undefined) offsets.delete(oldest);
}

const idOf = (event: { target: EventTarget }): string | null =>
  (event.target as HTMLElement).closest<HTMLElement>('[data-asset]')?.dataset.asset ?? null;

/** What grid and list share: rows near the window, the next page, where one was, and what pointer and keys do. */
export function useAssetSurface(props: SurfaceProps, layout: Layout) {
  const { pages, search, trashed, pointing, onClick, onOpen, onDragStart, onIntent } = props;
  const { items, hasMore, loadMore, stale } = pages;
  const { rows, height, rowOf, vertical, overscan, ahead, covered = 0 } = layout;
  const scroll = useRef<HTMLDivElement>(null);
  const focus = useStore(selection, (value) => value.focus);
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroll.current,
    estimateSize: height,
    overscan,
    scrollPaddingStart: covered,
  });
  // Heights are known exactly: when they change, all of them do.
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);

  const shown = virtualizer.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && rows > 0 && lastShown >= rows - ahead) loadMore();
  }, [hasMore, lastShown, rows, ahead, loadMore]);

  const placeIn = (id: string) => items.findIndex((item) => item.id === id);
  const reveal = (id: string) => {
    const at = placeIn(id);
    if (at >= 0) virtualizer.scrollToIndex(rowOf(at), { align: 'auto' });
    requestAnimationFrame(() => document.getElementById(`asset-${id}`)?.focus({ preventScroll: true }));
  };
  /** As far as the window is high, at least one row. */
  const page = (at: number, step: 1 | -1): number => {
    const view = (scroll.current?.clientHeight ?? 0) - covered;
    let here = at;
    for (let gone = 0; ; ) {
      const next = vertical(here, step);
      if (next === null) return here;
      gone += height(rowOf(next));
      if (gone > view && here !== at) return here;
      here = next;
    }
  };
  const target = (at: number, direction: Direction): number | null => {
    if (direction === 'first') return 0;
    if (direction === 'last') return items.length - 1;
    if (direction === 'pageUp' || direction === 'pageDown') return page(at, direction === 'pageUp' ? -1 : 1);
    if (direction === 'up' || direction === 'down') return vertical(at, direction === 'up' ? -1 : 1);
    return at + (direction === 'left' ? -1 : 1);
  };
  useImperativeHandle(pointing, () => ({
    neighbour(id, direction) {
      const at = placeIn(id);
      const next = at < 0 ? 0 : target(at, direction);
      return next === null ? null : (items[next]?.id ?? null);
    },
    reveal,
  }));

  const place = placeOf(search, trashed);
  const arrived = useRef<string | null>(null);
  const wanted = search.sel?.[0];
  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element || rows === 0 || stale || arrived.current === place) return;
    const first = arrived.current === null;
    arrived.current = place;
    element.scrollTop = offsets.get(place) ?? 0;
    if (!first || wanted === undefined || placeIn(wanted) < 0) return;
    // The virtualizer hears of the new offset with the scroll event, which comes before the next frame.
    requestAnimationFrame(() => {
      const idle = document.activeElement === null || document.activeElement === document.body;
      if (idle) reveal(wanted);
      else virtualizer.scrollToIndex(rowOf(placeIn(wanted)), { align: 'auto' });
    });
  });

  return {
    scroll,
    shown,
    totalHeight: virtualizer.getTotalSize(),
    /** The asset the Tab key reaches. */
    firstFocusable: items.some((item) => item.id === focus) ? focus : items[0]?.id,
    events: {
      onScroll: (event: { currentTarget: HTMLElement }) => {
        if (!stale && arrived.current === place) remember(place, event.currentTarget.scrollTop);
      },
      onClick: (event: MouseEvent) => {
        const id = idOf(event);
        if (id) onClick(event, id);
      },
      onPointerOver: (event: { target: EventTarget }) => {
        const id = idOf(event);
        if (id) onIntent(id);
      },
      onDoubleClick: (event: { target: EventTarget }) => {
        const id = idOf(event);
        if (id) onOpen(id);
      },
      onDragStart: (event: DragEvent) => {
        const id = idOf(event);
        if (id) onDragStart(event, id);
      },
    },
  };
}
