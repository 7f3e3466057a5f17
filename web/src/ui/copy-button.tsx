import { ActionIcon, Button, type ButtonProps, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '../messages/index.tsx';
import { copyText } from './copy-text.ts';

const SHOWN_MS = 1600;

interface Props extends Pick<ButtonProps, 'size' | 'variant' | 'fullWidth'> {
  text: string;
  /** What is copied, for the button's name. */
  label: string;
  /** A word beside the sign. */
  wide?: boolean;
  /** There is nothing to copy at the moment. */
  disabled?: boolean;
}

/** Copies, and says that it did. */
export function CopyButton({ text, label, wide = false, disabled = false, ...rest }: Props) {
  const t = useText();
  const [done, setDone] = useState(false);
  const copy = () => {
    void copyText(text).then(() => {
      setDone(true);
      setTimeout(() => setDone(false), SHOWN_MS);
    });
  };
  const icon = done ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
  if (wide) {
    return (
      <Button leftSection={icon} onClick={copy} disabled={disabled} {...rest}>
        {done ? t.app.copied : label}
      </Button>
    );
  }
  return (
    <Tooltip label={done ? t.app.copied : label}>
      <ActionIcon aria-label={label} onClick={copy} disabled={disabled}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
