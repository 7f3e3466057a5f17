import { Checkbox, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { type RoleRights, type Verb, VERBS } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { FormEnd } from './form-end.tsx';
import { roleKey } from './role-key.ts';

interface Props {
  /** The role to change; null makes a new one. */
  given: RoleRights | null;
  /** All roles there are. */
  taken: readonly RoleRights[];
  onClose(): void;
}

/** A role of the workspace's own: its name, and what it allows in plain words. */
export function EditRole({ given, taken, onClose }: Props) {
  const t = useText();
  const client = useQueryClient();
  const [verbs, setVerbs] = useState<readonly Verb[]>(given?.verbs ?? ['list', 'read', 'rendition']);
  const save = useMutation({
    mutationFn: (name: string) => {
      if (given) return api.roles.patch(given.key, { name, verbs });
      return api.roles.create({ key: roleKey(name, new Set(taken.map(({ key }) => key))), name, verbs });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.roles });
      for (const queryKey of [keys.explanations, keys.me]) void client.invalidateQueries({ queryKey });
      onClose();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(String(new FormData(event.currentTarget).get('name')).trim());
  };
  const title = given ? t.roles.edit(given.name) : t.roles.add;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            name="name"
            label={t.roles.name}
            defaultValue={given?.name}
            required
            maxLength={200}
            data-autofocus
            withAsterisk={false}
            autoComplete="off"
          />
          <Checkbox.Group
            label={t.roles.allows}
            value={[...verbs]}
            onChange={(values) => setVerbs(VERBS.filter((verb) => values.includes(verb)))}
          >
            <Stack gap={8} mt={6}>
              {VERBS.map((verb) => (
                <Checkbox key={verb} value={verb} label={t.values.verb[verb]} size="sm" />
              ))}
            </Stack>
          </Checkbox.Group>
          <FormEnd error={save.error} busy={save.isPending} doing={given ? t.app.save : t.app.create} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
