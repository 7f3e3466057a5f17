import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../../api/api.ts';
import type { Folder } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { errorText } from '../../../ui/error-text.ts';
import { joinFolder } from '../../upload/uploads.ts';
import { inFolder, type LibrarySearch } from '../search-state.ts';
import { refreshLists } from '../refresh-assets.ts';
import { FolderPicker } from './folder-picker.tsx';

export type FolderAction =
  | { kind: 'create'; parent: string }
  | { kind: 'rename'; folder: Folder }
  | { kind: 'move'; folder: Folder }
  | { kind: 'remove'; folder: Folder };

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
const lastName = (path: string): string => path.split('/').at(-1) ?? '';

/** Create, rename, move, delete: one small dialog each. */
export function FolderDialogs({ action, onClose }: { action: FolderAction; onClose(): void }) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const search: LibrarySearch = useSearch({ strict: false });
  const [name, setName] = useState(action.kind === 'rename' ? action.folder.name : '');
  const [parent, setParent] = useState(action.kind === 'move' ? parentOf(action.folder.path) : '/');

  const run = useMutation({
    mutationFn: async (): Promise<string> => {
      if (action.kind === 'create') return (await api.folders.create(joinFolder(action.parent, name.trim()))).path;
      const { id, rowVersion, path } = action.folder;
      if (action.kind === 'rename') return (await api.folders.patch(id, rowVersion, { name: name.trim() })).path;
      if (action.kind === 'move') return (await api.folders.patch(id, rowVersion, { parent })).path;
      await api.folders.remove(id);
      return parentOf(path);
    },
    onSuccess: (path) => {
      refreshLists(client);
      onClose();
      // A page that shows the folder follows it.
      const old = action.kind === 'create' ? null : action.folder.path;
      const open = search.folder ?? '';
      if (old && (open === old || open.startsWith(`${old}/`))) {
        const folder = action.kind === 'remove' ? path : path + open.slice(old.length);
        void navigate({ to: '/', search: inFolder(search, folder) });
      } else if (action.kind === 'create') void navigate({ to: '/', search: inFolder(search, path) });
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    run.mutate();
  };
  const inside = action.kind === 'remove' ? action.folder.assets + action.folder.folders : 0;
  const titles = {
    create: action.kind === 'create' && action.parent !== '/' ? t.folders.createIn(lastName(action.parent)) : t.folders.create,
    rename: t.folders.rename,
    move: action.kind === 'move' ? t.folders.moveTitle(action.folder.name) : '',
    remove: action.kind === 'remove' ? t.folders.removeTitle(action.folder.name) : '',
  };
  const doing = { create: t.app.create, rename: t.folders.rename, move: t.bulk.move, remove: t.folders.remove };
  const named = action.kind === 'create' || action.kind === 'rename';
  return (
    <Modal opened onClose={onClose} title={titles[action.kind]} size="sm" closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {named && (
            <TextInput
              label={t.folders.name}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
              required
              maxLength={255}
              withAsterisk={false}
            />
          )}
          {action.kind === 'move' && <FolderPicker label={t.folders.pick} value={parent} onChange={setParent} autoFocus />}
          {action.kind === 'remove' && <Text>{t.folders.removeText(action.folder.assets, action.folder.folders)}</Text>}
          {run.error && (
            <Text c="var(--mantine-color-error)" role="alert">
              {errorText(run.error, t)}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t.app.cancel}
            </Button>
            <Button
              type="submit"
              loading={run.isPending}
              color={action.kind === 'remove' ? 'red.8' : 'plum'}
              disabled={(named && !name.trim()) || inside > 0}
            >
              {doing[action.kind]}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
