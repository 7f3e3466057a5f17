import { ActionIcon, Progress } from '@mantine/core';
import { IconCheck, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useText } from '../../messages/index.tsx';
import { formatBytes, formatPercent } from '../../ui/format.ts';
import classes from './tray.module.css';
import { type UploadRow, uploads } from './uploads.ts';

/** One file of the tray. */
export const TrayRow = memo(function TrayRow({ row }: { row: UploadRow }) {
  const t = useText();
  const share = row.bytes > 0 ? row.sent / row.bytes : row.state === 'done' ? 1 : 0;
  const moving = row.state === 'uploading' || row.state === 'waiting';
  const facts =
    row.state === 'uploading'
      ? `${formatPercent(share)} · ${formatBytes(row.bytes)}${row.speed > 0 ? ` · ${t.upload.speed(formatBytes(row.speed))}` : ''}`
      : row.state === 'paused'
        ? `${t.upload.state.paused} · ${formatPercent(share)}`
        : `${t.upload.state[row.state]} · ${formatBytes(row.bytes)}`;
  return (
    <li className={classes.row} data-state={row.state}>
      <div className={classes.text}>
        {row.assetId ? (
          <Link to="/assets/$id" params={{ id: row.assetId }} className={classes.name} title={row.name}>
            {row.name}
          </Link>
        ) : (
          <span className={classes.name} title={row.name}>
            {row.name}
          </span>
        )}
        <span className={classes.state}>{row.reason ?? facts}</span>
        {(moving || row.state === 'paused') && (
          <Progress value={100 * share} size={3} mt={4} color={row.state === 'paused' ? 'gray' : 'plum'} aria-label={row.name} />
        )}
      </div>
      {moving && (
        <ActionIcon size="md" aria-label={t.upload.pause(row.name)} onClick={() => uploads.pause(row.id)}>
          <IconPlayerPause size={16} aria-hidden />
        </ActionIcon>
      )}
      {row.state === 'paused' && (
        <ActionIcon size="md" aria-label={t.upload.resume(row.name)} onClick={() => uploads.resume(row.id)}>
          <IconPlayerPlay size={16} aria-hidden />
        </ActionIcon>
      )}
      {row.state === 'failed' && !row.final && (
        <ActionIcon size="md" aria-label={t.upload.retry(row.name)} onClick={() => uploads.retry(row.id)}>
          <IconRefresh size={16} aria-hidden />
        </ActionIcon>
      )}
      {row.state === 'done' ? (
        <IconCheck size={18} className={classes.ok} aria-hidden />
      ) : (
        <ActionIcon size="md" aria-label={t.upload.cancel(row.name)} onClick={() => uploads.remove(row.id)}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
});
