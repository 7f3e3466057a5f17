import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconKeyboard, IconUpload } from '@tabler/icons-react';
import { useText } from '../../messages/index.tsx';
import { useMay } from '../session/use-me.ts';
import { uploads } from '../upload/uploads.ts';
import { ActivityMenu } from './activity-menu.tsx';
import { Breadcrumb } from './breadcrumb.tsx';
import { helpOpen } from './help-overlay.tsx';
import { PersonMenu } from './person-menu.tsx';
import { SearchBox } from './search-box.tsx';
import classes from './top-bar.module.css';

/** Where one is, one search for everything, and what concerns the person. */
export function TopBar() {
  const t = useText();
  const mayUpload = useMay('create');
  return (
    <header className={classes.bar}>
      <div className={classes.place}>
        <Breadcrumb />
      </div>
      <div className={classes.search}>
        <SearchBox />
      </div>
      <div className={classes.tools}>
        {mayUpload && (
          <>
            <Button
              className={classes.wide}
              leftSection={<IconUpload size={16} aria-hidden />}
              onClick={() => uploads.dialogOpen.set(true)}
            >
              {t.upload.button}
            </Button>
            <ActionIcon
              className={classes.narrow}
              variant="filled"
              color="plum"
              c="white"
              size="lg"
              aria-label={t.upload.button}
              onClick={() => uploads.dialogOpen.set(true)}
            >
              <IconUpload size={18} aria-hidden />
            </ActionIcon>
          </>
        )}
        <ActivityMenu />
        <Tooltip label={t.nav.help}>
          <ActionIcon className={classes.wide} size="lg" aria-label={t.nav.help} onClick={() => helpOpen.set(true)}>
            <IconKeyboard size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <PersonMenu />
      </div>
    </header>
  );
}
