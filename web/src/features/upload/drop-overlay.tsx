import { notifications } from '@mantine/notifications';
import { IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../messages/index.tsx';
import { ASSETS_TYPE } from '../library/drag.ts';
import { useMay } from '../session/use-me.ts';
import classes from './drop-overlay.module.css';
import { droppedFiles, pickedFiles } from './entries.ts';
import { uploads } from './uploads.ts';
import { useAddFiles, useUploadTarget } from './use-add-files.ts';

const carriesFiles = (event: DragEvent): boolean =>
  Boolean(event.dataTransfer?.types.includes('Files')) && !event.dataTransfer?.types.includes(ASSETS_TYPE);

/** Takes files dropped anywhere on the window, and pictures pasted; says where they will go. */
export function DropOverlay() {
  const t = useText();
  const add = useAddFiles();
  const may = useMay('create');
  const { folder, tags } = useUploadTarget();
  const [over, setOver] = useState(false);
  const depth = useRef(0);

  useEffect(() => {
    const refuse = () => notifications.show({ color: 'orange', message: t.upload.noRight });
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth.current++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    };
    const move = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth.current = 0;
      setOver(false);
      if (!may) return refuse();
      add(droppedFiles(event.dataTransfer));
      uploads.dialogOpen.set(false);
    };
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      if (!may) return refuse();
      add(pickedFiles(files));
      uploads.dialogOpen.set(false);
    };
    const events = { dragenter: enter, dragleave: leave, dragover: move, drop } as const;
    for (const [name, handler] of Object.entries(events)) window.addEventListener(name as 'drop', handler);
    window.addEventListener('paste', paste);
    return () => {
      for (const [name, handler] of Object.entries(events)) window.removeEventListener(name as 'drop', handler);
      window.removeEventListener('paste', paste);
    };
  }, [add, may, t]);

  if (!over || !may) return null;
  return (
    <div className={classes.overlay} aria-hidden="true">
      <div className={classes.card}>
        <IconUpload size={40} stroke={1.4} />
        <p className={classes.title}>{folder === '/' ? t.upload.dropRoot : t.upload.dropTo(folder)}</p>
        <p className={classes.hint}>{t.upload.dropHint}</p>
        {tags.length > 0 && <p className={classes.hint}>{t.upload.dropTags(tags.join(', '))}</p>}
      </div>
    </div>
  );
}
