import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  type Icon,
  IconArrowBackUp,
  IconDownload,
  IconFolderSymlink,
  IconTag,
  IconTrash,
  IconWorld,
  IconWorldOff,
  IconX,
} from '@tabler/icons-react';
import type { AssetItem } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { runBulk } from '../../jobs/run-bulk.tsx';
import { clearSelection } from '../selection.ts';
import { openAction } from './action-dialog.ts';
import { download } from './download.ts';
import classes from './selection-bar.module.css';
import { usePermissions } from './use-permissions.ts';

interface Action {
  label: string;
  icon: Icon;
  run(): void;
}

/** What can be done with the selection; floats above the bottom of the list. */
export function SelectionBar({ items, trashed }: { items: readonly AssetItem[]; trashed: boolean }) {
  const t = useText();
  const may = usePermissions();
  if (items.length === 0) return null;
  const ids = items.map(({ id }) => id);
  const allPublished = items.every((item) => item.published.now);
  const actions: (Action | false)[] = trashed
    ? [
        may.delete && {
          label: t.bulk.restore,
          icon: IconArrowBackUp,
          run: () => void runBulk({ action: 'restore', ids }, t).then((started) => started && clearSelection()),
        },
      ]
    : [
        may.edit && { label: t.bulk.tag, icon: IconTag, run: () => openAction('tag', items) },
        may.edit && { label: t.bulk.move, icon: IconFolderSymlink, run: () => openAction('move', items) },
        may.publish &&
          (allPublished
            ? { label: t.bulk.unpublish, icon: IconWorldOff, run: () => void runBulk({ action: 'unpublish', ids }, t) }
            : { label: t.bulk.publish, icon: IconWorld, run: () => openAction('publish', items) }),
        may.original && { label: t.bulk.download, icon: IconDownload, run: () => download(items, t) },
        may.delete && { label: t.bulk.trash, icon: IconTrash, run: () => openAction('trash', items) },
      ];
  return (
    <section className={classes.bar} aria-label={t.bulk.bar}>
      <span className={classes.count} role="status">
        {t.library.selected(items.length)}
      </span>
      {actions
        .filter((action) => action !== false)
        .map(({ label, icon: Glyph, run }) => (
          <span key={label}>
            <Button
              className={classes.wide}
              size="compact-md"
              variant="subtle"
              color="gray"
              c="inherit"
              leftSection={<Glyph size={17} stroke={1.7} aria-hidden />}
              onClick={run}
            >
              {label}
            </Button>
            <ActionIcon className={classes.narrow} size="lg" c="inherit" aria-label={label} onClick={run}>
              <Glyph size={19} stroke={1.7} aria-hidden />
            </ActionIcon>
          </span>
        ))}
      <Tooltip label={t.library.selectNone}>
        <ActionIcon size="md" c="inherit" aria-label={t.library.selectNone} onClick={clearSelection}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </section>
  );
}
