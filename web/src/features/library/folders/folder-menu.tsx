import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconFolderPlus, IconFolderSymlink, IconPencil, IconTrash, IconUsers } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { Folder } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { useMay } from '../../session/use-me.ts';
import { type LibrarySearch, readSearch } from '../search-state.ts';
import type { FolderAction } from './folder-dialogs.tsx';
import classes from './folders.module.css';

interface Props {
  folder: Folder;
  name: string;
  search: LibrarySearch;
  onAction(action: FolderAction): void;
}

/** What can be done with a folder. Everybody may ask what they may do there. */
export function FolderMenu({ folder, name, search, onAction }: Props) {
  const t = useText();
  const navigate = useNavigate();
  const mayEdit = useMay('edit');
  const manages = useMay('manage');
  const isRoot = folder.parentId === null;
  const showAccess = () => void navigate({ to: '/', search: readSearch({ ...search, access: folder.id }) });
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <ActionIcon size="sm" className={classes.more} aria-label={t.folders.actions(name)}>
          <IconDots size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayEdit && !isRoot && (
          <>
            <Menu.Item
              leftSection={<IconFolderPlus size={16} aria-hidden />}
              onClick={() => onAction({ kind: 'create', parent: folder.path })}
            >
              {t.folders.create}
            </Menu.Item>
            <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => onAction({ kind: 'rename', folder })}>
              {t.folders.rename}
            </Menu.Item>
            <Menu.Item leftSection={<IconFolderSymlink size={16} aria-hidden />} onClick={() => onAction({ kind: 'move', folder })}>
              {t.folders.move}
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={<IconUsers size={16} aria-hidden />} onClick={showAccess}>
          {manages ? t.access.who : t.access.mine}
        </Menu.Item>
        {mayEdit && !isRoot && (
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => onAction({ kind: 'remove', folder })}>
            {t.folders.remove}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
