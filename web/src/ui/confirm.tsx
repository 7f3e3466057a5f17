import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useText } from '../messages/index.tsx';

interface Props {
  title: string;
  text: string;
  doing: string;
  busy: boolean;
  /** It cannot be done now; the text says why. */
  disabled?: boolean;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before something that cannot be undone; the button names the act. */
export function Confirm({ title, text, doing, busy, disabled = false, onConfirm, onClose }: Props) {
  const t = useText();
  return (
    <Modal opened onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': t.app.close }}>
      <Stack gap="md">
        <Text>{text}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t.app.cancel}
          </Button>
          <Button color="red.8" loading={busy} disabled={disabled} onClick={onConfirm}>
            {doing}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
