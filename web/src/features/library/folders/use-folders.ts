import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../../api/api.ts';
import { keys } from '../../../api/query-client.ts';
import type { Folder } from '../../../api/types.ts';

export interface FolderNode extends Folder {
  readonly children: FolderNode[];
}

async function everyFolder(signal: AbortSignal): Promise<Folder[]> {
  const all: Folder[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.folders.list(cursor, signal);
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return all;
}

/** Folders by their parents, in the order people read them. The root itself is left out. */
function treeOf(folders: readonly Folder[]): FolderNode[] {
  const nodes = new Map<string, FolderNode>(
    folders.filter(({ path }) => path !== '/').map((folder) => [folder.id, { ...folder, children: [] }]),
  );
  const roots: FolderNode[] = [];
  for (const node of nodes.values()) (nodes.get(node.parentId ?? '')?.children ?? roots).push(node);
  const order = new Intl.Collator(undefined, { numeric: true });
  const sort = (list: FolderNode[]) => {
    list.sort((a, b) => order.compare(a.name, b.name));
    for (const node of list) sort(node.children);
  };
  sort(roots);
  return roots;
}

export interface Folders {
  /** Every folder one may list, the root among them. */
  readonly all: readonly Folder[];
  readonly tree: FolderNode[];
  readonly paths: string[];
  readonly loading: boolean;
  readonly error: Error | null;
  reload(): void;
}

export function useFolders(): Folders {
  const { data, isPending, error, refetch } = useQuery({
    queryKey: keys.folders,
    queryFn: ({ signal }) => everyFolder(signal),
    staleTime: 60_000,
  });
  const folders = useMemo(() => {
    const all = data ?? [];
    const paths = all.map(({ path }) => path).filter((path) => path !== '/');
    return { all, tree: treeOf(all), paths: paths.sort() };
  }, [data]);
  return { ...folders, loading: isPending, error: data ? null : error, reload: () => void refetch() };
}
