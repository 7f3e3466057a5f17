import { Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { useText } from '../../messages/index.tsx';
import { FormEnd } from './form-end.tsx';
import { SecretOnce } from './secret-once.tsx';

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
      <SecretOnce
        title={t.deliverySettings.secret}
        text={t.deliverySettings.secretOnce}
        secret={create.data.secret}
        testId="new-signing-key"
        onClose={onClose}
      />
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
          <FormEnd error={create.error} busy={create.isPending} doing={t.app.create} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
