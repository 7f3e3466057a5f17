import { Checkbox } from '@mantine/core';
import { useTable } from '@tanstack/react-table';
import { useCallback, useMemo } from 'react';
import { useText } from '../../../messages/index.tsx';
import { useStore } from '../../../ui/store.ts';
import { columnWidths, density, hiddenColumns } from '../preferences.ts';
import { selection, toggle } from '../selection.ts';
import { type SurfaceProps, useAssetSurface } from '../use-asset-surface.ts';
import { features, makeColumns, sortOf } from './columns.tsx';
import classes from './list.module.css';
import { SortHeader } from './sort-header.tsx';

/** The column heads stay at the top of the rows, with some air. */
const HEAD_PX = 44;

const widthsOf = (stored: string): Record<string, number> => JSON.parse(stored) as Record<string, number>;

interface Props extends SurfaceProps {
  sort: string;
  onSort(sort: string): void;
}

/** Assets as lines with columns that sort, resize and hide. */
export function AssetList({ sort, onSort, ...props }: Props) {
  const t = useText();
  const { items, hasMore } = props.pages;
  const selected = useStore(selection, (value) => value.ids);
  const hidden = useStore(hiddenColumns);
  const rowHeight = useStore(density) === 'comfortable' ? 56 : 42;
  const columns = useMemo(() => makeColumns(t), [t]);
  const columnVisibility = useMemo(() => Object.fromEntries(hidden.split(',').map((id) => [id, false])), [hidden]);
  const widths = useStore(columnWidths);
  const columnSizing = useMemo(() => widthsOf(widths), [widths]);
  const data = useMemo(() => [...items], [items]);
  const table = useTable({
    features,
    columns,
    data,
    columnResizeMode: 'onChange',
    state: { columnVisibility, columnSizing },
    onColumnSizingChange: (change) =>
      columnWidths.set((old) => JSON.stringify(typeof change === 'function' ? change(widthsOf(old)) : change)),
    getRowId: (item) => item.id,
  });
  const height = useCallback(() => rowHeight, [rowHeight]);
  const { scroll, shown, totalHeight, firstFocusable, events } = useAssetSurface(props, {
    rows: items.length,
    height,
    rowOf: (at) => at,
    vertical: (at, step) => (items[at + step] ? at + step : null),
    overscan: 10,
    ahead: 12,
    covered: HEAD_PX,
  });
  const rows = table.getRowModel().rows;
  const width = table.getTotalSize() + 44;
  return (
    <div ref={scroll} className={classes.scroll} data-scroll {...events}>
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
              field={sortOf(header.column.id, props.trashed)}
              sort={sort}
              onSort={onSort}
              width={header.column.getSize()}
              onResize={header.column.getCanResize() ? header.getResizeHandler() : undefined}
            >
              <table.FlexRender header={header} />
            </SortHeader>
          ))}
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: totalHeight }}>
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
