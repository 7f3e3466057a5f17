import { IconChevronRight, IconFolder, IconFolderOpen } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../../messages/index.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { inFolder, type LibrarySearch } from '../search-state.ts';
import type { FolderAction } from './folder-dialogs.tsx';
import { FolderMenu } from './folder-menu.tsx';
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
        <FolderMenu folder={node} name={node.name} search={search} onAction={onAction} />
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
