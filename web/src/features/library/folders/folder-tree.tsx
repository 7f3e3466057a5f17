import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { IconFolderPlus, IconPhoto } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../../messages/index.tsx';
import { Failed } from '../../../ui/failed.tsx';
import { useMay } from '../../session/use-me.ts';
import { inFolder, type LibrarySearch } from '../search-state.ts';
import { type FolderAction, FolderDialogs } from './folder-dialogs.tsx';
import { FolderMenu } from './folder-menu.tsx';
import { FolderRow } from './folder-row.tsx';
import classes from './folders.module.css';
import { useDropAssets } from './use-drop-assets.ts';
import { useFolders } from './use-folders.ts';

/** All folders; the open one and its parents are unfolded. Assets can be dropped on any of them. */
export function FolderTree({ search }: { search: LibrarySearch }) {
  const t = useText();
  const { all, tree, loading, error, reload } = useFolders();
  const root = all.find(({ parentId }) => parentId === null);
  const mayCreate = useMay('create');
  const [action, setAction] = useState<FolderAction | null>(null);
  const open = search.folder ?? '';
  const { over, events } = useDropAssets('/', search.folder);
  return (
    <nav className={classes.panel} aria-label={t.folders.title}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t.folders.title}</h2>
        {mayCreate && (
          <Tooltip label={t.folders.create}>
            <ActionIcon size="md" aria-label={t.folders.create} onClick={() => setAction({ kind: 'create', parent: open || '/' })}>
              <IconFolderPlus size={17} stroke={1.7} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <div className={classes.row} data-open={open === '' || undefined} data-over={over || undefined} {...events}>
        <Link to="/" search={inFolder(search)} className={classes.root} aria-current={open === '' ? 'true' : undefined}>
          <IconPhoto size={17} stroke={1.7} aria-hidden />
          {t.folders.root}
        </Link>
        {root && <FolderMenu folder={root} name={t.folders.root} search={search} onAction={setAction} />}
      </div>
      {loading && <Skeleton height={90} mt={6} role="status" aria-label={t.app.loading} />}
      {error && <Failed text={t.folders.failed} onRetry={reload} />}
      <ul className={classes.list}>
        {tree.map((node) => (
          <FolderRow key={node.id} node={node} depth={0} search={search} onAction={setAction} />
        ))}
      </ul>
      {action && <FolderDialogs action={action} onClose={() => setAction(null)} />}
    </nav>
  );
}
