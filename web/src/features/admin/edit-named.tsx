import { Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { NamedTransformation } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { FormEnd } from './form-end.tsx';
import { POLICIES, toPolicy } from './policies.ts';

/** Gives a transformation a name, or changes what a name stands for; the server says what is wrong with it. */
export function EditNamed({ given, start = '', onClose }: { given: NamedTransformation | null; start?: string; onClose(): void }) {
  const t = useText();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: api.named.put,
    onSuccess: async ({ name }) => {
      if (start !== '') notifications.show({ message: t.deliverySettings.named(name), color: 'plum' });
      await client.invalidateQueries({ queryKey: keys.named });
      onClose();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = given?.name ?? String(form.get('name')).trim();
    save.mutate({ name, transformation: String(form.get('transformation')).trim(), metadata: toPolicy(String(form.get('metadata'))) });
  };
  const title = given ? t.deliverySettings.editNamed(given.name) : t.deliverySettings.newNamed;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {given === null && (
            <TextInput
              name="name"
              label={t.deliverySettings.name}
              description={t.deliverySettings.nameHelp}
              required
              pattern="[A-Za-z0-9_]{1,64}"
              maxLength={64}
              data-autofocus
              withAsterisk={false}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          <Textarea
            name="transformation"
            label={t.deliverySettings.transformation}
            description={t.deliverySettings.transformationHelp}
            defaultValue={given?.transformation ?? start}
            required
            autosize
            minRows={2}
            maxLength={4000}
            data-autofocus={given !== null || undefined}
            withAsterisk={false}
            autoComplete="off"
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <NativeSelect
            name="metadata"
            label={t.deliverySettings.metadata}
            description={t.deliverySettings.metadataHelp}
            defaultValue={given?.metadata ?? ''}
            data={[
              { value: '', label: t.deliverySettings.policyOfWorkspace },
              ...POLICIES.map((value) => ({ value, label: t.deliverySettings.policies[value] })),
            ]}
          />
          <FormEnd error={save.error} busy={save.isPending} doing={given ? t.app.save : t.app.create} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
