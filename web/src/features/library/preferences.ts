import { storedStore } from '../../ui/store.ts';

type Fold = 'open' | 'closed';
const isFold = (text: string): Fold | null => (text === 'open' || text === 'closed' ? text : null);

/** How a person likes the library; kept in this browser. */
export const filterPanel = storedStore<Fold>('damson.filters', 'open', isFold);
export const inspectorPanel = storedStore<Fold>('damson.inspector', 'open', isFold);

export type Density = 'comfortable' | 'compact';
export const density = storedStore<Density>('damson.density', 'comfortable', (text) =>
  text === 'comfortable' || text === 'compact' ? text : null,
);

export const TILE_SIZES = { min: 110, max: 330, step: 10 } as const;
export const tileSize = storedStore<string>('damson.tile-size', '180', (text) => {
  const size = Number(text);
  return size >= TILE_SIZES.min && size <= TILE_SIZES.max ? text : null;
});

export const hiddenColumns = storedStore<string>('damson.hidden-columns', 'updated,taken', (text) => text);

const isWidths = (text: string): boolean => {
  try {
    const widths: unknown = JSON.parse(text);
    return typeof widths === 'object' && widths !== null && Object.values(widths).every((width) => typeof width === 'number');
  } catch {
    return false;
  }
};

/** Widths of the list's columns by their id, px, as JSON. */
export const columnWidths = storedStore<string>('damson.column-widths', '{}', (text) => (isWidths(text) ? text : null));

export const flip = (fold: Fold): Fold => (fold === 'open' ? 'closed' : 'open');
