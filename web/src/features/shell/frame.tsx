import { useHotkeys } from '@mantine/hooks';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useText } from '../../messages/index.tsx';
import { useStore } from '../../ui/store.ts';
import { uploads } from '../upload/uploads.ts';
import { DropOverlay } from '../upload/drop-overlay.tsx';
import classes from './frame.module.css';
import { HelpOverlay, helpOpen } from './help-overlay.tsx';
import { OfflineBar } from './offline-bar.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';
import { useLiveUpdates } from './use-live-updates.ts';

const UploadTray = lazy(async () => ({ default: (await import('../upload/tray.tsx')).UploadTray }));
const UploadDialog = lazy(async () => ({ default: (await import('../upload/upload-dialog.tsx')).UploadDialog }));

/** What stands around every page: rail, top bar, and what floats above. */
export function Frame() {
  const t = useText();
  useLiveUpdates();
  const hasUploads = useStore(uploads.rows, (rows) => rows.length > 0);
  const dialog = useStore(uploads.dialogOpen);
  useHotkeys([['shift+?', () => helpOpen.set(true)]]);
  return (
    <div className={classes.frame}>
      <a href="#content" className="skip-link">
        {t.app.skip}
      </a>
      <Rail />
      <div className={classes.main}>
        <TopBar />
        <OfflineBar />
        <main id="content" className={classes.content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <DropOverlay />
      <HelpOverlay />
      <Suspense fallback={null}>
        {hasUploads && <UploadTray />}
        {dialog && <UploadDialog />}
      </Suspense>
    </div>
  );
}
