import type { AssetItem } from '../../../api/types.ts';
import { createStore } from '../../../ui/store.ts';

export type ActionKind = 'tag' | 'move' | 'publish' | 'trash';

/** The bulk dialog that is open, and what it is about. */
export const actionDialog = createStore<{ kind: ActionKind; items: readonly AssetItem[] } | null>(null);

export const openAction = (kind: ActionKind, items: readonly AssetItem[]): void => {
  if (items.length > 0) actionDialog.set({ kind, items });
};
