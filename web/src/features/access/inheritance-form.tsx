import { Alert, Checkbox, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import type { Folder, FolderAccess } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { FormEnd } from '../admin/form-end.tsx';
import { DialogView } from './dialog-view.tsx';
import { refusalOf } from './refusal.ts';
import { useRoles } from './use-roles.ts';
import { useWhom } from './use-whom.ts';

interface Props {
  folder: Folder;
  inherits: boolean;
  onDone(access: FolderAccess): void;
  onBack(): void;
}

/** Cuts a folder off from what is shared above it, or joins it again, after saying what that means. */
export function InheritanceForm({ folder, inherits, onDone, onBack }: Props) {
  const t = useText();
  const [keepGrants, setKeepGrants] = useState(false);
  const losers = usePeopleByRole();
  const save = useMutation({
    mutationFn: () => api.folderAccess.inherit(folder.id, inherits ? { inherits: false, keepGrants } : { inherits: true }),
    onSuccess: onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <DialogView title={inherits ? t.access.endTitle : t.access.restoreTitle} onBack={onBack}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />}>
            <Text>{inherits ? t.access.endText(folder.name) : t.access.restoreText(folder.name)}</Text>
            {inherits && losers > 0 && (
              <Text fw={560} mt={6}>
                {t.access.endLosers(losers)}
              </Text>
            )}
          </Alert>
          {inherits && (
            <Checkbox label={t.access.keep} checked={keepGrants} onChange={(event) => setKeepGrants(event.currentTarget.checked)} />
          )}
          <FormEnd
            error={refusalOf(save.error, t)}
            busy={save.isPending}
            doing={inherits ? t.access.endDo : t.access.restoreDo}
            onClose={onBack}
          />
        </Stack>
      </form>
    </DialogView>
  );
}

/** How many people a role lets in who are not administrators; 0 where that is not known. */
function usePeopleByRole(): number {
  const { roles } = useRoles();
  const { members } = useWhom();
  return (members ?? []).filter(({ role }) => role !== 'admin' && roles?.some(({ key, verbs }) => key === role && verbs.includes('list')))
    .length;
}
