import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { FolderAccess, Grant, GrantInput } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';
import { useText } from '../../messages/index.tsx';
import { showRefusal } from './refusal.ts';
import { useAccessChanged } from './use-access-changed.ts';

const STAY_MS = 10_000;

/** Removes a grant of a folder at once; a toast gives it back as it was. */
export function useRemoveGrant(folderId: string): (grant: Grant) => void {
  const t = useText();
  const client = useQueryClient();
  const changed = useAccessChanged(folderId);
  const failed = (error: Error) => showRefusal(error, t);
  const remove = useMutation({
    mutationFn: (grant: Grant) => api.folderAccess.remove(folderId, grant.id),
    onMutate: ({ id }) => {
      client.setQueryData<FolderAccess>(
        keys.folderAccess(folderId),
        (access) => access && { ...access, items: access.items.filter((one) => one.id !== id) },
      );
    },
    onSuccess: (_nothing, grant) => showUndo(t, grant, (body) => void api.folderAccess.add(folderId, body).then(changed, failed)),
    onError: (error) => failed(error),
    onSettled: () => changed(),
  });
  return remove.mutate;
}

function showUndo(t: Messages, grant: Grant, give: (body: GrantInput) => void): void {
  const { kind, id: principalId, name } = grant.principal;
  const id = `grant-${grant.id}`;
  const known = kind === 'user' || kind === 'group' || kind === 'api_key' ? kind : null;
  const undo = () => {
    notifications.hide(id);
    if (known) give({ principal: { kind: known, id: principalId }, effect: grant.effect, verbs: grant.verbs, until: grant.until });
  };
  notifications.show({
    id,
    autoClose: STAY_MS,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <span>{t.access.removed(name ?? t.access.gone)}</span>
        {/* Nothing can be given to somebody who is gone. */}
        {known && name !== null && (
          <Button size="compact-sm" variant="light" onClick={undo}>
            {t.access.undo}
          </Button>
        )}
      </Group>
    ),
  });
}
