import { Code, Modal, Stack, Text } from '@mantine/core';
import { useText } from '../../messages/index.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';

interface Props {
  title: string;
  text: string;
  secret: string;
  testId: string;
  onClose(): void;
}

/** A secret that is shown this once: a click beside it does not close it. */
export function SecretOnce({ title, text, secret, testId, onClose }: Props) {
  const t = useText();
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} title={title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <Stack gap="md">
        <Text>{text}</Text>
        <Code block style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }} data-testid={testId}>
          {secret}
        </Code>
        <CopyButton text={secret} label={t.app.copy} wide />
      </Stack>
    </Modal>
  );
}
