import { useMemo } from 'react';
import type { AssetItem } from '../../../api/types.ts';
import { clampRatio, justify, type Row, squares } from './justified.ts';

export const GAP = 10;

/** Shape of a tile before its picture is known: files without one get a calm 4:3. */
const ratioOf = (item: AssetItem): number => {
  if (item.width && item.height) return clampRatio(item.width / item.height);
  return item.kind === 'document' ? 0.75 : 4 / 3;
};

/** Where each asset stands for a width in px. */
export function useGridRows(items: readonly AssetItem[], layout: 'rows' | 'squares', width: number, target: number): Row[] {
  return useMemo(() => {
    if (width <= 0) return [];
    // On a phone two or three pictures share a row, whatever size was chosen on the desk.
    const wanted = Math.min(target, width < 500 ? width / 2.6 : target);
    return layout === 'squares' ? squares(items.length, width, wanted, GAP) : justify(items.map(ratioOf), width, wanted, GAP);
  }, [items, layout, width, target]);
}
