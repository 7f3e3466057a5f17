import { Checkbox, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { SCOPES } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { FormEnd } from './form-end.tsx';
import { SecretOnce } from './secret-once.tsx';

/** Makes a key and shows it this once. */
export function AddKey({ onClose }: { onClose(): void }) {
  const t = useText();
  const client = useQueryClient();
  const [scopes, setScopes] = useState<string[]>(['assets:read', 'assets:write']);
  const create = useMutation({
    mutationFn: api.keys.create,
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const day = String(form.get('expires'));
    create.mutate({ name: String(form.get('name')).trim(), scopes, expiresAt: day ? new Date(`${day}T23:59:59`).toISOString() : null });
  };
  if (create.data) {
    return <SecretOnce title={t.admin.keyTitle} text={t.admin.keyOnce} secret={create.data.key} testId="new-key" onClose={onClose} />;
  }
  return (
    <Modal opened onClose={onClose} title={t.admin.newKey} closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput name="name" label={t.admin.keyName} required maxLength={200} data-autofocus withAsterisk={false} autoComplete="off" />
          <Checkbox.Group label={t.admin.scopes} value={scopes} onChange={setScopes}>
            <Stack gap={8} mt={6}>
              {SCOPES.map((scope) => (
                <Checkbox key={scope} value={scope} label={scope} description={t.values.scope[scope]} size="sm" />
              ))}
            </Stack>
          </Checkbox.Group>
          <TextInput name="expires" type="date" label={t.admin.expires} description={t.admin.expiresHelp} />
          <FormEnd error={create.error} busy={create.isPending} doing={t.app.create} disabled={scopes.length === 0} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
