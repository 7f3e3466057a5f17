import { Alert, Button, Code, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Role } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { errorText } from '../../ui/error-text.ts';
import { RoleSelect } from './role-select.tsx';

/** Adds somebody; without a password there is a link to pass on. */
export function AddPerson({ onClose }: { onClose(): void }) {
  const t = useText();
  const client = useQueryClient();
  const [role, setRole] = useState<Role>('editor');
  const [link, setLink] = useState<{ name: string; url: string } | null>(null);
  const create = useMutation({
    mutationFn: api.members.create,
    onSuccess: ({ member, signInLink }) => {
      for (const queryKey of [keys.members, keys.roles]) void client.invalidateQueries({ queryKey });
      notifications.show({ message: t.admin.added(member.name) });
      if (signInLink) setLink({ name: member.name, url: new URL(signInLink, location.origin).href });
      else onClose();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get('password'));
    create.mutate({ email: String(form.get('email')).trim(), name: String(form.get('name')).trim(), role, ...(password && { password }) });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={!link}
      title={link ? t.admin.linkTitle : t.admin.addPerson}
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {link ? (
        <Stack gap="md">
          <Text>{t.admin.linkText(link.name)}</Text>
          <Code block style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}>
            {link.url}
          </Code>
          <CopyButton text={link.url} label={t.app.copy} wide />
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput name="name" label={t.admin.name} required maxLength={200} data-autofocus withAsterisk={false} autoComplete="off" />
            <TextInput name="email" type="email" label={t.admin.email} required maxLength={320} withAsterisk={false} autoComplete="off" />
            <RoleSelect label={t.admin.role} value={role} onChange={setRole} />
            <PasswordInput
              name="password"
              label={t.admin.passwordOptional}
              description={t.admin.passwordHelp}
              minLength={10}
              autoComplete="new-password"
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
                {t.admin.addPerson}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
