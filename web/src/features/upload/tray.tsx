import { ActionIcon, Button, Progress, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useText } from '../../messages/index.tsx';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { useStore } from '../../ui/store.ts';
import classes from './tray.module.css';
import { TrayRow } from './tray-row.tsx';
import { isOpen, type UploadRow, uploads } from './uploads.ts';

/** Rows drawn at once; of thousands the moving ones are what matters. */
const SHOWN = 60;
const ORDER: Record<UploadRow['state'], number> = { failed: 0, uploading: 1, paused: 2, waiting: 3, done: 4 };

const sum = (rows: readonly UploadRow[], of: (row: UploadRow) => number): number => rows.reduce((total, row) => total + of(row), 0);

/** Everything on its way: progress, speed, pause, resume, retry, cancel. Stays while the pages change. */
export function UploadTray() {
  const t = useText();
  const rows = useStore(uploads.rows);
  const [small, setSmall] = useState(false);
  const open = rows.filter(isOpen);
  const failed = rows.filter((row) => row.state === 'failed');
  const done = rows.length - open.length - failed.length;
  const speed = sum(open, (row) => (row.state === 'uploading' ? row.speed : 0));
  const left = sum(open, (row) => row.bytes - row.sent);
  const total = sum(rows, (row) => row.bytes);
  const share = total > 0 ? (100 * sum(rows, (row) => (row.state === 'done' ? row.bytes : row.sent))) / total : 100;
  const paused = open.length > 0 && open.every((row) => row.state === 'paused');
  const sorted = rows.toSorted((a, b) => ORDER[a.state] - ORDER[b.state]);

  useEffect(() => {
    if (open.length === 0) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [open.length]);

  const title = open.length > 0 ? t.upload.summary(done, rows.length) : done > 0 ? t.upload.finished(done) : t.upload.tray;
  return (
    <section className={classes.tray} aria-label={t.upload.tray}>
      <header className={classes.head}>
        <div className={classes.summary}>
          <span className={classes.title} role="status" aria-live="polite">
            {title}
          </span>
          <span className={classes.facts}>
            {failed.length > 0 && <span className={classes.failed}>{t.upload.failedCount(failed.length)}</span>}
            {speed > 0 && <span>{t.upload.speed(formatBytes(speed))}</span>}
            {speed > 0 && left > 0 && <span>{t.upload.remaining(formatDuration(left / speed))}</span>}
          </span>
        </div>
        <Tooltip label={small ? t.upload.expand : t.upload.collapse}>
          <ActionIcon aria-label={small ? t.upload.expand : t.upload.collapse} aria-expanded={!small} onClick={() => setSmall(!small)}>
            {small ? <IconChevronUp size={18} aria-hidden /> : <IconChevronDown size={18} aria-hidden />}
          </ActionIcon>
        </Tooltip>
        {open.length === 0 && (
          <ActionIcon
            aria-label={t.app.close}
            onClick={() => (failed.length > 0 ? uploads.cancelAll() : undefined, uploads.clearFinished())}
          >
            <IconX size={18} aria-hidden />
          </ActionIcon>
        )}
      </header>
      <Progress value={share} size={3} radius={0} color={failed.length > 0 && open.length === 0 ? 'red' : 'plum'} aria-label={title} />
      {!small && (
        <>
          <ul className={classes.list}>
            {sorted.slice(0, SHOWN).map((row) => (
              <TrayRow key={row.id} row={row} />
            ))}
            {sorted.length > SHOWN && <li className={classes.hidden}>{t.upload.hidden(sorted.length - SHOWN)}</li>}
          </ul>
          <footer className={classes.foot}>
            {open.length > 0 && (
              <Button size="compact-sm" variant="default" onClick={paused ? uploads.resumeAll : uploads.pauseAll}>
                {paused ? t.upload.resumeAll : t.upload.pauseAll}
              </Button>
            )}
            {failed.some((row) => !row.final) && (
              <Button size="compact-sm" variant="default" onClick={uploads.retryAll}>
                {t.upload.retryAll}
              </Button>
            )}
            {done > 0 && (
              <Button size="compact-sm" variant="default" onClick={uploads.clearFinished}>
                {t.upload.clear}
              </Button>
            )}
            {open.length > 0 && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                onClick={() => window.confirm(t.upload.cancelAsk) && uploads.cancelAll()}
              >
                {t.upload.cancelAll}
              </Button>
            )}
          </footer>
        </>
      )}
    </section>
  );
}
