import { type DragEvent, useState } from 'react';
import { useText } from '../../../messages/index.tsx';
import { runBulk } from '../../jobs/run-bulk.tsx';
import { useMay } from '../../session/use-me.ts';
import { ASSETS_TYPE, draggedIds } from '../drag.ts';
import { isInFolder } from '../search-state.ts';
import { unselect } from '../selection.ts';

/** Takes assets that are dragged onto a folder. `open` is the folder that is shown: what leaves it is not selected any more. */
export function useDropAssets(folder: string, open: string | undefined) {
  const t = useText();
  const mayEdit = useMay('edit');
  const [over, setOver] = useState(false);
  const drag = (event: DragEvent) => {
    if (!mayEdit || !event.dataTransfer.types.includes(ASSETS_TYPE)) return;
    event.preventDefault();
    setOver(event.type === 'dragover');
    if (event.type !== 'drop') return;
    const ids = draggedIds(event.dataTransfer);
    if (ids.length === 0) return;
    void runBulk({ action: 'move', ids, folder }, t).then((started) => {
      if (started && !isInFolder(folder, open)) unselect(ids);
    });
  };
  return { over, events: { onDragOver: drag, onDrop: drag, onDragLeave: () => setOver(false) } };
}
