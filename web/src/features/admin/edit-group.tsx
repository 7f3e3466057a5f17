import { Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Group } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { FormEnd } from './form-end.tsx';

interface Props {
  given: Group | null;
  onClose(): void;
  /** A new group is empty: whoever made it goes on with its people. */
  onMade(group: Group): void;
}

/** Makes a group or gives it another name. */
export function EditGroup({ given, onClose, onMade }: Props) {
  const t = useText();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (name: string) => (given ? api.groups.rename(given.id, name) : api.groups.create(name)),
    onSuccess: async (group) => {
      await client.invalidateQueries({ queryKey: keys.groups });
      // Grants show the group's name.
      void client.invalidateQueries({ queryKey: keys.accessOfFolders });
      onClose();
      if (given === null) onMade(group);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(String(new FormData(event.currentTarget).get('name')).trim());
  };
  const title = given ? t.groups.rename(given.name) : t.groups.add;
  return (
    <Modal opened onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            name="name"
            label={t.groups.name}
            defaultValue={given?.name}
            required
            maxLength={200}
            data-autofocus
            withAsterisk={false}
            autoComplete="off"
          />
          <FormEnd error={save.error} busy={save.isPending} doing={given ? t.app.save : t.app.create} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
