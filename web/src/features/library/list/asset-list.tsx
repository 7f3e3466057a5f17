import { Checkbox } from '@mantine/core';
import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type RefObject, useEffect, useImperativeHandle, useMemo, useRef } from 'react';
import { useText } from '../../../messages/index.tsx';
import { useStore } from '../../../ui/store.ts';
import type { Pointing } from '../asset-pointing.ts';
import { density, hiddenColumns } from '../preferences.ts';
import { selection, toggle } from '../selection.ts';
import type { AssetPages } from '../use-assets.ts';
import { features, makeColumns, SORT_OF } from './columns.tsx';
import classes from './list.module.css';
import { SortHeader } from './sort-header.tsx';

const AHEAD = 12;

interface Props {
  pages: AssetPages;
  sort: string;
  pointing: RefObject<Pointing | null>;
  onSort(sort: string): void;
  onClick(event: MouseEvent, id: string): void;
  onOpen(id: string): void;
  onDragStart(event: React.DragEvent, id: string): void;
  /** The pointer rests on an asset: it may be opened next. */
  onIntent(id: string): void;
}

const idOf = (event: { target: EventTarget }): string | null =>
  (event.target as HTMLElement).closest<HTMLElement>('[data-asset]')?.dataset.asset ?? null;

/** Assets as lines with columns that sort, resize and hide. */
export function AssetList({ pages, sort, pointing, onSort, onClick, onOpen, onDragStart, onIntent }: Props) {
  const t = useText();
  const { items, hasMore, loadMore } = pages;
  const selected = useStore(selection, (value) => value.ids);
  const focus = useStore(selection, (value) => value.focus);
  const hidden = useStore(hiddenColumns);
  const rowHeight = useStore(density) === 'comfortable' ? 56 : 42;
  const columns = useMemo(() => makeColumns(t), [t]);
  const columnVisibility = useMemo(() => Object.fromEntries(hidden.split(',').map((id) => [id, false])), [hidden]);
  const data = useMemo(() => [...items], [items]);
  const table = useTable({
    features,
    columns,
    data,
    columnResizeMode: 'onChange',
    state: { columnVisibility },
    getRowId: (item) => item.id,
  });
  const scroll = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: 44,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const shown = virtualizer.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && items.length > 0 && lastShown >= items.length - AHEAD) loadMore();
  }, [hasMore, lastShown, items.length, loadMore]);

  useImperativeHandle(pointing, () => ({
    neighbour(id, direction) {
      const at = items.findIndex((item) => item.id === id);
      if (at < 0) return items[0]?.id ?? null;
      return items[at + (direction === 'up' || direction === 'left' ? -1 : 1)]?.id ?? null;
    },
    reveal(id) {
      const at = items.findIndex((item) => item.id === id);
      if (at >= 0) virtualizer.scrollToIndex(at, { align: 'auto' });
      requestAnimationFrame(() => document.getElementById(`asset-${id}`)?.focus({ preventScroll: true }));
    },
  }));

  const rows = table.getRowModel().rows;
  const firstFocusable = items.some((item) => item.id === focus) ? focus : items[0]?.id;
  const width = table.getTotalSize() + 44;
  return (
    <div
      ref={scroll}
      className={classes.scroll}
      data-scroll
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
      <div
        role="grid"
        aria-label={t.library.grid}
        aria-multiselectable="true"
        aria-rowcount={hasMore ? -1 : items.length + 1}
        style={{ minWidth: width }}
      >
        <div role="row" className={classes.head} aria-rowindex={1}>
          <div role="columnheader" className={classes.box}>
            <span className={classes.hidden}>{t.library.selected(selected.size)}</span>
          </div>
          {table.getHeaderGroups()[0]?.headers.map((header) => (
            <SortHeader
              key={header.id}
              field={SORT_OF[header.column.id]}
              sort={sort}
              onSort={onSort}
              width={header.column.getSize()}
              onResize={header.column.getCanResize() ? header.getResizeHandler() : undefined}
            >
              <table.FlexRender header={header} />
            </SortHeader>
          ))}
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
          {shown.map((virtual) => {
            const row = rows[virtual.index];
            if (!row) return null;
            const { original: item } = row;
            return (
              <div
                key={row.id}
                id={`asset-${item.id}`}
                role="row"
                aria-rowindex={virtual.index + 2}
                aria-selected={selected.has(item.id)}
                tabIndex={item.id === firstFocusable ? 0 : -1}
                data-asset={item.id}
                data-selected={selected.has(item.id) || undefined}
                className={classes.row}
                style={{ height: rowHeight, transform: `translateY(${virtual.start}px)` }}
                draggable
              >
                <div role="gridcell" className={classes.box}>
                  <Checkbox
                    size="xs"
                    tabIndex={-1}
                    checked={selected.has(item.id)}
                    aria-label={t.library.select(item.name)}
                    onClick={(event) => event.stopPropagation()}
                    onChange={() => toggle(item.id)}
                  />
                </div>
                {row.getVisibleCells().map((cell) => (
                  <div key={cell.id} role="gridcell" className={classes.cell} style={{ width: cell.column.getSize() }}>
                    <table.FlexRender cell={cell} />
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
