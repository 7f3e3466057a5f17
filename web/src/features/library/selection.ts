import { createStore } from '../../ui/store.ts';

interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Where the keyboard is. */
  readonly focus: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

const NOTHING: Selection = { ids: new Set(), focus: null, anchor: null };

export const selection = createStore<Selection>(NOTHING);

export const clearSelection = (): void => selection.set((old) => (old.ids.size === 0 ? old : { ...old, ids: new Set() }));

/** For what has left the view: it would come back selected otherwise. */
export const unselect = (gone: readonly string[]): void =>
  selection.set((old) =>
    gone.some((id) => old.ids.has(id)) ? { ...old, ids: new Set([...old.ids].filter((id) => !gone.includes(id))) } : old,
  );

export const focusOn = (id: string): void => selection.set((old) => ({ ...old, focus: id }));

export const selectOnly = (id: string): void => selection.set({ ids: new Set([id]), focus: id, anchor: id });

export const selectAll = (ids: Iterable<string>): void => selection.set((old) => ({ ...old, ids: new Set(ids) }));

export function toggle(id: string): void {
  selection.set((old) => {
    const ids = new Set(old.ids);
    if (!ids.delete(id)) ids.add(id);
    return { ids, focus: id, anchor: id };
  });
}

/** Selects from the anchor to `id` in the order shown. */
export function selectRange(order: readonly string[], id: string): void {
  selection.set((old) => {
    const from = order.indexOf(old.anchor ?? old.focus ?? id);
    const to = order.indexOf(id);
    if (from < 0 || to < 0) return { ids: new Set([id]), focus: id, anchor: id };
    return { ids: new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1)), focus: id, anchor: old.anchor ?? order[from]! };
  });
}

/** A click with its modifier keys. */
export function clickSelect(event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }, order: readonly string[], id: string): void {
  if (event.shiftKey) selectRange(order, id);
  else if (event.ctrlKey || event.metaKey) toggle(id);
  else selectOnly(id);
}
