import type { AssetItem } from '../../../api/types.ts';
import { createStore } from '../../../ui/store.ts';

export type ActionKind = 'tag' | 'move' | 'publish' | 'trash';

interface OpenDialog {
  readonly kind: ActionKind;
  readonly items: readonly AssetItem[];
  /** Called when the server has taken the action over. */
  readonly onStarted?: () => void;
}

/** The bulk dialog that is open, and what it is about. */
export const actionDialog = createStore<OpenDialog | null>(null);

export const openAction = (kind: ActionKind, items: readonly AssetItem[], onStarted?: () => void): void => {
  if (items.length > 0) actionDialog.set({ kind, items, ...(onStarted && { onStarted }) });
};
