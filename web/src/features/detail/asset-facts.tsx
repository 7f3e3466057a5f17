import { notifications } from '@mantine/notifications';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { inFolder, type LibrarySearch } from '../library/search-state.ts';
import { Fact, Facts } from '../../ui/facts.tsx';
import { formatBytes, formatDateTime, formatDuration, formatPixels, formatRelative, formatType } from '../../ui/format.ts';
import classes from './detail.module.css';

const Time = ({ iso }: { iso: string }) => <time title={formatDateTime(iso)}>{formatRelative(iso)}</time>;

/** What is known without asking anybody: type, size, dates, colours. */
export function AssetFacts({ asset }: { asset: Asset }) {
  const t = useText();
  const search: LibrarySearch = useSearch({ strict: false });
  const facts: [string, ReactNode][] = [
    [t.detail.type, formatType(asset.mime, asset.name)],
    [t.detail.dimensions, asset.width && asset.height ? formatPixels(asset.width, asset.height) : null],
    [t.detail.duration, asset.duration !== null ? formatDuration(asset.duration) : null],
    [t.detail.size, formatBytes(asset.bytes)],
    [
      t.detail.folder,
      <Link key="folder" to="/" search={inFolder(search, asset.folder)} className={classes.link}>
        {asset.folder === '/' ? t.library.title : asset.folder}
      </Link>,
    ],
    [t.detail.takenAt, asset.takenAt && formatDateTime(asset.takenAt)],
    [t.detail.addedAt, <Time key="added" iso={asset.createdAt} />],
    [t.detail.addedBy, asset.createdBy?.name],
    [t.detail.changedAt, <Time key="changed" iso={asset.updatedAt} />],
  ];
  return (
    <>
      <Facts>{facts.map(([label, value]) => value && <Fact key={label} label={label} value={value} />)}</Facts>
      {asset.colours.length > 0 && (
        <div className={classes.colours} role="group" aria-label={t.detail.colours}>
          {asset.colours.map(({ hex, name, share }) => (
            <button
              key={hex}
              type="button"
              className={classes.colour}
              style={{ background: hex, flexGrow: Math.max(12, 100 * share) }}
              title={`${hex} · ${t.values.colour[name] ?? name}`}
              aria-label={t.detail.copyColour(hex)}
              onClick={() => void copyText(hex).then(() => notifications.show({ message: t.detail.colourCopied(hex) }))}
            />
          ))}
        </div>
      )}
    </>
  );
}
