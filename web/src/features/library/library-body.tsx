import { Button } from '@mantine/core';
import { IconCloudOff, IconFolderOpen, IconPhotoPlus, IconTrash, IconUpload } from '@tabler/icons-react';
import type { AssetItem } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useMay } from '../session/use-me.ts';
import { uploads } from '../upload/uploads.ts';
import { GridSkeleton } from './grid-skeleton.tsx';
import { AssetGrid } from './grid/asset-grid.tsx';
import classes from './library-view.module.css';
import { AssetList } from './list/asset-list.tsx';
import { NothingFound } from './nothing-found.tsx';
import { hasFilters, type LibrarySearch, readSearch } from './search-state.ts';
import type { SurfaceProps } from './use-asset-surface.ts';

interface Props extends SurfaceProps {
  sort: string;
  onChange(search: LibrarySearch): void;
  onQuickLook(item: AssetItem): void;
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

function Content({ sort, onChange, onQuickLook, ...surface }: Props) {
  const t = useText();
  const { pages, search, trashed } = surface;
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
    return <AssetList {...surface} sort={sort} onSort={(next) => onChange(readSearch({ ...search, sort: next }))} />;
  }
  return <AssetGrid {...surface} layout={search.view === 'squares' ? 'squares' : 'rows'} onQuickLook={onQuickLook} />;
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
