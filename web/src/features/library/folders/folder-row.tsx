import { ActionIcon, Menu } from '@mantine/core';
import {
  IconChevronRight,
  IconDots,
  IconFolder,
  IconFolderOpen,
  IconFolderPlus,
  IconFolderSymlink,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../../messages/index.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { useMay } from '../../session/use-me.ts';
import { inFolder, type LibrarySearch } from '../search-state.ts';
import type { FolderAction } from './folder-dialogs.tsx';
import classes from './folders.module.css';
import { useDropAssets } from './use-drop-assets.ts';
import type { FolderNode } from './use-folders.ts';

interface Props {
  node: FolderNode;
  depth: number;
  search: LibrarySearch;
  onAction(action: FolderAction): void;
}

/** A folder with those below it. */
export function FolderRow({ node, depth, search, onAction }: Props) {
  const t = useText();
  const mayEdit = useMay('edit');
  const open = search.folder ?? '';
  const inside = open.startsWith(`${node.path}/`);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const { over, events } = useDropAssets(node.path, search.folder);
  const expanded = chosen ?? (inside || open === node.path);
  const current = open === node.path;
  const Glyph = current ? IconFolderOpen : IconFolder;

  return (
    <li>
      <div
        className={classes.row}
        data-open={current || undefined}
        data-over={over || undefined}
        style={{ paddingLeft: 4 + 14 * depth }}
        {...events}
      >
        {node.children.length > 0 ? (
          <button
            type="button"
            className={classes.toggle}
            aria-expanded={expanded}
            aria-label={expanded ? t.folders.collapse(node.name) : t.folders.expand(node.name)}
            onClick={() => setChosen(!expanded)}
          >
            <IconChevronRight size={14} aria-hidden />
          </button>
        ) : (
          <span className={classes.toggle} />
        )}
        <Link to="/" search={inFolder(search, node.path)} className={classes.link} aria-current={current ? 'true' : undefined}>
          <Glyph size={17} stroke={1.7} aria-hidden />
          <span className={classes.name} title={node.name}>
            {node.name}
          </span>
        </Link>
        <span className={classes.count} title={t.folders.count(node.assets)}>
          {node.assets > 0 && formatNumber(node.assets)}
        </span>
        {mayEdit && (
          <Menu position="bottom-start">
            <Menu.Target>
              <ActionIcon size="sm" className={classes.more} aria-label={t.folders.actions(node.name)}>
                <IconDots size={15} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconFolderPlus size={16} aria-hidden />}
                onClick={() => onAction({ kind: 'create', parent: node.path })}
              >
                {t.folders.create}
              </Menu.Item>
              <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => onAction({ kind: 'rename', folder: node })}>
                {t.folders.rename}
              </Menu.Item>
              <Menu.Item leftSection={<IconFolderSymlink size={16} aria-hidden />} onClick={() => onAction({ kind: 'move', folder: node })}>
                {t.folders.move}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => onAction({ kind: 'remove', folder: node })}>
                {t.folders.remove}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {expanded && node.children.length > 0 && (
        <ul className={classes.list}>
          {node.children.map((child) => (
            <FolderRow key={child.id} node={child} depth={depth + 1} search={search} onAction={onAction} />
          ))}
        </ul>
      )}
    </li>
  );
}
