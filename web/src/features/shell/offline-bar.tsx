import { useNetwork } from '@mantine/hooks';
import { IconCloudOff } from '@tabler/icons-react';
import { useText } from '../../messages/index.tsx';
import { useStore } from '../../ui/store.ts';
import classes from './frame.module.css';
import { connection } from './use-live-updates.ts';

/** Says when the browser or the server is away, until it is back. */
export function OfflineBar() {
  const t = useText();
  const { online } = useNetwork();
  const state = useStore(connection);
  if (online && state !== 'lost') return <div role="status" aria-live="polite" hidden />;
  return (
    <div className={classes.bar} role="status" aria-live="polite">
      <IconCloudOff size={16} aria-hidden />
      {online ? t.app.serverGone : t.app.offline}
    </div>
  );
}
