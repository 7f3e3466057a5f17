import { Button } from '@mantine/core';
import { useText } from '../messages/index.tsx';
import classes from './failed.module.css';

/** A part of a page that could not be loaded: what, and a way to try again. */
export function Failed({ text, onRetry }: { text: string; onRetry(): void }) {
  const t = useText();
  return (
    <div className={classes.failed} role="alert">
      {text}
      <Button size="compact-xs" variant="default" onClick={onRetry}>
        {t.app.retry}
      </Button>
    </div>
  );
}
