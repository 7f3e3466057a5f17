import { ActionIcon, Group } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useText } from '../../messages/index.tsx';
import classes from './access.module.css';

/** One of several views of a dialog: its heading takes the focus, so that the keyboard goes on where the eye is. */
export function DialogView({ title, onBack, children }: { title: string; onBack: (() => void) | null; children: ReactNode }) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section aria-label={title}>
      <Group gap={6} wrap="nowrap" mb="md" align="center">
        {onBack && (
          <ActionIcon aria-label={t.access.back} onClick={onBack}>
            <IconArrowLeft size={18} aria-hidden />
          </ActionIcon>
        )}
        <h3 ref={heading} tabIndex={-1} className={classes.heading}>
          {title}
        </h3>
      </Group>
      {children}
    </section>
  );
}
