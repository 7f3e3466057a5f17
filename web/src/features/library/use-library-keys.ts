import { useEffect } from 'react';
import type { AssetItem } from '../../api/types.ts';
import type { Direction, Pointing } from './asset-pointing.ts';
import { openAction } from './actions/action-dialog.ts';
import type { Permissions } from './actions/use-permissions.ts';
import { filterPanel, flip, inspectorPanel } from './preferences.ts';
import { clearSelection, focusOn, selectAll, selection, selectOnly, selectRange, toggle } from './selection.ts';
import { uploads } from '../upload/uploads.ts';

interface Options {
  items: readonly AssetItem[];
  pointing: () => Pointing | null;
  trashed: boolean;
  may: Permissions;
  open(id: string): void;
  edit(id: string): void;
  quickLook(item: AssetItem | null): void;
  download(items: readonly AssetItem[]): void;
  copy(item: AssetItem): void;
}

const MOVES: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
};
/** Places that use these keys themselves. */
const OWN_KEYS =
  'input:not([type=checkbox]),textarea,select,[contenteditable=true],[role=dialog],[role=menu],[role=slider],[role=radiogroup],video,audio';
/** A box that was ticked keeps the focus, and only the keys that a button has. */
const BUTTONS = 'button,a,summary,[role=tab],input[type=checkbox]';

function move(event: KeyboardEvent, direction: Direction, options: Options): void {
  const { focus } = selection.get();
  const pointing = options.pointing();
  const next = focus ? pointing?.neighbour(focus, direction) : options.items.at(direction === 'last' ? -1 : 0)?.id;
  if (!next) return;
  event.preventDefault();
  if (event.shiftKey)
    selectRange(
      options.items.map(({ id }) => id),
      next,
    );
  else if (event.ctrlKey || event.metaKey) focusOn(next);
  else selectOnly(next);
  pointing?.reveal(next);
}

/** The keys of the library; see the help overlay. */
export function useLibraryKeys(options: Options): void {
  useEffect(() => {
    const chosen = (): AssetItem[] => {
      const { ids, focus } = selection.get();
      const wanted = ids.size > 0 ? ids : new Set(focus ? [focus] : []);
      return options.items.filter(({ id }) => wanted.has(id));
    };
    const first = (work: (item: AssetItem) => void) => {
      const [item] = chosen();
      if (item) work(item);
    };
    const { may } = options;
    const act: Record<string, false | (() => void)> = {
      x: () => first((item) => toggle(selection.get().focus ?? item.id)),
      // Tags are what several assets can be given at once.
      e: may.edit && (() => (chosen().length > 1 ? openAction('tag', chosen()) : first((item) => options.edit(item.id)))),
      t: may.edit && (() => openAction('tag', chosen())),
      m: may.edit && (() => openAction('move', chosen())),
      p: may.publish && (() => openAction('publish', chosen())),
      d: may.original && (() => options.download(chosen())),
      s: () => first(options.copy),
      Delete: may.delete && (() => openAction('trash', chosen())),
      u: may.create && (() => uploads.dialogOpen.set(true)),
      '[': () => filterPanel.set(flip),
      ']': () => inspectorPanel.set(flip),
      Escape: clearSelection,
    };
    const inTrash = new Set(['x', 'd', 'u', '[', ']', 'Escape']);
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      // German keyboards write brackets with AltGr, which Windows reports as Ctrl and Alt.
      const bracket = event.key === '[' || event.key === ']';
      if (event.defaultPrevented || (event.altKey && !bracket) || target.closest(OWN_KEYS)) return;
      const direction = MOVES[event.key];
      if (direction) return move(event, direction, options);
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
        event.preventDefault();
        return selectAll(options.items.map(({ id }) => id));
      }
      if ((event.ctrlKey || event.metaKey) && !bracket) return;
      if (event.key === 'Enter' || event.key === ' ') {
        if (target.closest(BUTTONS)) return;
        const { focus } = selection.get();
        const item = options.items.find(({ id }) => id === focus);
        if (!item) return;
        event.preventDefault();
        if (event.key === ' ') options.quickLook(item);
        else options.open(item.id);
        return;
      }
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (options.trashed && !inTrash.has(key)) return;
      const run = act[key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [options]);
}
