import { Alert, Button, Group } from '@mantine/core';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';

interface Props {
  error: Error | null;
  busy: boolean;
  doing: string;
  disabled?: boolean;
  onClose(): void;
}

/** The end of a form in a dialog: what went wrong, and the two ways out. */
export function FormEnd({ error, busy, doing, disabled = false, onClose }: Props) {
  const t = useText();
  return (
    <>
      {error && (
        <Alert color="red" role="alert">
          {errorText(error, t)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t.app.cancel}
        </Button>
        <Button type="submit" loading={busy} disabled={disabled}>
          {doing}
        </Button>
      </Group>
    </>
  );
}
