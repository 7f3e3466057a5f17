import {
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  tableFeatures,
} from '@tanstack/react-table';
import { IconWorld } from '@tabler/icons-react';
import type { AssetItem } from '../../../api/types.ts';
import type { Messages } from '../../../messages/en.ts';
import { formatBytes, formatDateTime, formatDuration, formatPixels, formatRelative, formatType } from '../../../ui/format.ts';
import { SORTS, TRASH_SORTS } from '../search-state.ts';
import { Thumbnail } from '../thumbnail.tsx';
import classes from './list.module.css';

export const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnVisibilityFeature });

/** The API's sort field of a column, if it can be sorted by; the trash knows fewer orders. */
export const sortOf = (column: string, trashed: boolean): string | undefined =>
  (trashed ? TRASH_SORTS : SORTS).find((sort) => sort === column);

export const OPTIONAL = ['folder', 'kind', 'tags', 'size', 'bytes', 'published', 'created', 'updated', 'taken'] as const;

const helper = createColumnHelper<typeof features, AssetItem>();

const when = (iso: string | null) => iso && <time title={formatDateTime(iso)}>{formatRelative(iso)}</time>;

export const makeColumns = (t: Messages) =>
  helper.columns([
    helper.display({
      id: 'preview',
      header: () => <span className={classes.hidden}>{t.library.column.preview}</span>,
      size: 64,
      enableResizing: false,
      cell: ({ row }) => (
        <span className={classes.thumb}>
          <Thumbnail item={row.original} width={48} />
        </span>
      ),
    }),
    helper.accessor('name', {
      header: t.library.column.name,
      size: 300,
      minSize: 140,
      cell: ({ row }) => (
        <span className={classes.names}>
          <span className={classes.name}>{row.original.title ?? row.original.name}</span>
          {row.original.title && <span className={classes.sub}>{row.original.name}</span>}
        </span>
      ),
    }),
    helper.accessor('kind', {
      header: t.library.column.kind,
      size: 90,
      cell: ({ row }) =>
        row.original.status === 'ready' ? formatType(row.original.mime, row.original.name) : t.values.status[row.original.status],
    }),
    helper.accessor('bytes', { header: t.library.column.bytes, size: 96, cell: (info) => formatBytes(info.getValue()) }),
    helper.display({
      id: 'size',
      header: t.library.column.size,
      size: 130,
      cell: ({ row: { original: item } }) =>
        item.duration !== null ? formatDuration(item.duration) : item.width && item.height ? formatPixels(item.width, item.height) : null,
    }),
    helper.accessor('tags', {
      header: t.library.column.tags,
      size: 210,
      cell: (info) =>
        info.getValue().length > 0 && (
          <span className={classes.tags}>
            {info
              .getValue()
              .slice(0, 4)
              .map((tag) => (
                <span key={tag} className={classes.tag}>
                  {tag}
                </span>
              ))}
          </span>
        ),
    }),
    helper.accessor('folder', { header: t.library.column.folder, size: 170 }),
    helper.accessor((item) => item.published.now, {
      id: 'published',
      header: t.library.column.published,
      size: 110,
      cell: (info) => info.getValue() && <IconWorld size={17} stroke={1.7} aria-label={t.publish.published} />,
    }),
    helper.accessor((item) => item.createdAt, {
      id: 'created',
      header: t.library.column.created,
      size: 130,
      cell: (info) => when(info.getValue()),
    }),
    helper.accessor((item) => item.updatedAt, {
      id: 'updated',
      header: t.library.column.updated,
      size: 130,
      cell: (info) => when(info.getValue()),
    }),
    helper.accessor((item) => item.takenAt, {
      id: 'taken',
      header: t.library.column.taken,
      size: 130,
      cell: (info) => when(info.getValue()),
    }),
  ]);
