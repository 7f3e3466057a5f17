import { Alert, Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { useText } from '../../messages/index.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { errorText } from '../../ui/error-text.ts';

/** Makes a signing key and shows its secret this once. */
export function AddSigningKey({ onClose }: { onClose(): void }) {
  const t = useText();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: api.signingKeys.create,
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.signingKeys }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const secret = String(form.get('secret')).trim();
    create.mutate({ name: String(form.get('name')).trim(), ...(secret === '' ? {} : { secret }) });
  };
  if (create.data) {
    return (
      <Modal
        opened
        onClose={onClose}
        closeOnClickOutside={false}
        title={t.deliverySettings.secret}
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        <Stack gap="md">
          <Text>{t.deliverySettings.secretOnce}</Text>
          <Code block style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }} data-testid="new-signing-key">
            {create.data.secret}
          </Code>
          <CopyButton text={create.data.secret} label={t.app.copy} wide />
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={t.deliverySettings.newKey} closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            name="name"
            label={t.deliverySettings.keyName}
            required
            maxLength={100}
            data-autofocus
            withAsterisk={false}
            autoComplete="off"
          />
          <TextInput
            name="secret"
            label={t.deliverySettings.secretBrought}
            description={t.deliverySettings.secretHelp}
            minLength={16}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
          />
          {create.error && (
            <Alert color="red" role="alert">
              {errorText(create.error, t)}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t.app.cancel}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t.app.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
