import { useElementSize } from '@mantine/hooks';
import { useCallback, useMemo, useRef } from 'react';
import type { AssetItem } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { useStore } from '../../../ui/store.ts';
import { density, tileSize } from '../preferences.ts';
import { selection } from '../selection.ts';
import { type SurfaceProps, useAssetSurface } from '../use-asset-surface.ts';
import classes from './grid.module.css';
import { verticalNeighbour } from './justified.ts';
import { Tile } from './tile.tsx';
import { GAP, useGridRows } from './use-grid-rows.ts';
import { type Box, useRubberBand } from './use-rubber-band.ts';

const CAPTION_PX = 28;
const FIRST_ROWS = 3;

interface Props extends SurfaceProps {
  layout: 'rows' | 'squares';
  onQuickLook(item: AssetItem): void;
}

/** Pictures in rows; only those near the window are in the document. */
export function AssetGrid({ layout, onQuickLook, ...props }: Props) {
  const t = useText();
  const { pages } = props;
  const { items, hasMore } = pages;
  const target = Number(useStore(tileSize));
  const caption = useStore(density) === 'comfortable';
  const selecting = useStore(selection, (value) => value.ids.size > 1);
  const { ref: sizer, width } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLDivElement>(null);
  const rows = useGridRows(items, layout, width, target);
  const below = (caption ? CAPTION_PX : 0) + GAP;
  const height = useCallback((row: number) => (rows[row]?.height ?? target) + below, [rows, target, below]);
  const { scroll, shown, totalHeight, firstFocusable, events } = useAssetSurface(props, {
    rows: rows.length,
    height,
    rowOf: (at) => rows.findIndex((row) => at >= row.start && at < row.end),
    vertical: (at, step) => verticalNeighbour(rows, at, step),
    overscan: 4,
    ahead: 6,
  });

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

  return (
    <div ref={scroll} className={`${classes.scroll} ${selecting ? classes.selecting : ''}`} data-scroll {...bandEvents} {...events}>
      <div ref={sizer}>
        <div
          ref={canvas}
          className={classes.canvas}
          role="grid"
          aria-label={t.library.grid}
          aria-multiselectable="true"
          aria-rowcount={hasMore ? -1 : rows.length}
          aria-busy={pages.stale}
          style={{ height: totalHeight }}
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
