import { Button } from '@mantine/core';
import { IconCloudOff, IconFolderOpen, IconPhotoPlus, IconTrash, IconUpload } from '@tabler/icons-react';
import type { DragEvent, MouseEvent, RefObject } from 'react';
import type { AssetItem } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useMay } from '../session/use-me.ts';
import { uploads } from '../upload/uploads.ts';
import type { Pointing } from './asset-pointing.ts';
import { GridSkeleton } from './grid-skeleton.tsx';
import { AssetGrid } from './grid/asset-grid.tsx';
import classes from './library-view.module.css';
import { AssetList } from './list/asset-list.tsx';
import { NothingFound } from './nothing-found.tsx';
import { hasFilters, type LibrarySearch, readSearch } from './search-state.ts';
import type { AssetPages } from './use-assets.ts';

interface Props {
  pages: AssetPages;
  search: LibrarySearch;
  trashed: boolean;
  sort: string;
  pointing: RefObject<Pointing | null>;
  onChange(search: LibrarySearch): void;
  onClick(event: MouseEvent, id: string): void;
  onOpen(id: string): void;
  onQuickLook(item: AssetItem): void;
  onDragStart(event: DragEvent, id: string): void;
  onIntent(id: string): void;
}

/** The assets, or why there are none and what helps; says so when further pages do not come. */
export function LibraryBody(props: Props) {
  const t = useText();
  const { pages } = props;
  if (!pages.error || pages.items.length === 0) return <Content {...props} />;
  return (
    <>
      <Content {...props} />
      <div className={classes.broken} role="alert">
        {t.library.failedMore}
        <Button size="compact-sm" variant="default" onClick={pages.reload}>
          {t.app.retry}
        </Button>
      </div>
    </>
  );
}

function Content({ pages, search, trashed, sort, pointing, onChange, ...events }: Props) {
  const t = useText();
  if (pages.loading) return <GridSkeleton list={search.view === 'list'} />;
  if (pages.error && pages.items.length === 0) {
    return (
      <EmptyState icon={IconCloudOff} title={t.error.title} text={errorText(pages.error, t)}>
        <Button onClick={pages.reload}>{t.app.retry}</Button>
      </EmptyState>
    );
  }
  if (pages.items.length === 0) {
    if (search.q || hasFilters(search)) return <NothingFound search={search} onChange={onChange} />;
    return <Empty trashed={trashed} folder={search.folder} />;
  }
  if (search.view === 'list') {
    const { onQuickLook: _unused, ...rest } = events;
    return (
      <AssetList
        pages={pages}
        sort={sort}
        pointing={pointing}
        onSort={(next) => onChange(readSearch({ ...search, sort: next }))}
        {...rest}
      />
    );
  }
  return <AssetGrid pages={pages} layout={search.view === 'squares' ? 'squares' : 'rows'} pointing={pointing} {...events} />;
}

function Empty({ trashed, folder }: { trashed: boolean; folder: string | undefined }) {
  const t = useText();
  const mayUpload = useMay('create');
  if (trashed) return <EmptyState icon={IconTrash} title={t.trash.emptyTitle} text={t.trash.emptyText} />;
  if (!mayUpload) return <EmptyState icon={IconFolderOpen} title={t.folders.root} text={t.library.emptyViewer} />;
  return (
    <div className={classes.center}>
      <EmptyState
        icon={folder ? IconFolderOpen : IconPhotoPlus}
        title={folder ? t.library.emptyFolderTitle : t.library.emptyTitle}
        text={folder ? t.library.emptyFolderText : t.library.emptyText}
      >
        <Button size="md" leftSection={<IconUpload size={17} aria-hidden />} onClick={() => uploads.dialogOpen.set(true)}>
          {t.upload.title}
        </Button>
      </EmptyState>
    </div>
  );
}
