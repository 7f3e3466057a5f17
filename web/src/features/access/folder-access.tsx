import { Modal, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { ApiError } from '../../api/http.ts';
import { keys } from '../../api/query-client.ts';
import type { Folder, Verb } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';
import { Failed } from '../../ui/failed.tsx';
import { useFolders } from '../library/folders/use-folders.ts';
import { useMe } from '../session/use-me.ts';
import { AccessList, type AccessView } from './access-list.tsx';
import { DialogView } from './dialog-view.tsx';
import { Explain } from './explain.tsx';
import { GrantForm } from './grant-form.tsx';
import { InheritanceForm } from './inheritance-form.tsx';
import { SearchSelect, personOption } from './search-select.tsx';
import { useAccessChanged } from './use-access-changed.ts';
import { useWhom } from './use-whom.ts';

/** Who may see a folder, and why; to those who do not manage it, what they may do there themselves. */
export function FolderAccessDialog({ id, onClose }: { id: string; onClose(): void }) {
  const t = useText();
  const { all, loading } = useFolders();
  const folder = all.find((one) => one.id === id);
  const list = useQuery({ queryKey: keys.folderAccess(id), queryFn: ({ signal }) => api.folderAccess.list(id, signal) });
  // A folder one does not manage is "not found" here, as one that is gone.
  const self = list.error instanceof ApiError && list.error.status === 404;
  const name = folder && (folder.path === '/' ? t.access.root : folder.name);
  const title = name === undefined ? t.app.loading : self ? t.access.mineTitle(name) : t.access.title(name);
  return (
    <Modal opened onClose={onClose} size="lg" title={title} closeButtonProps={{ 'aria-label': t.app.close }}>
      {folder && self && <Mine folder={folder} />}
      {folder && list.data && <Views folder={folder} access={list.data} />}
      {!folder && !loading && <Failed text={t.error.notFoundHelp} onRetry={() => void list.refetch()} />}
      {list.error && !self && <Failed text={errorText(list.error, t)} onRetry={() => void list.refetch()} />}
      {(loading || list.isPending) && <Skeleton height={220} />}
    </Modal>
  );
}

function Mine({ folder }: { folder: Folder }) {
  const me = useMe();
  const [verb, setVerb] = useState<Verb>('edit');
  return (
    <Stack gap="md">
      <Explain folderId={folder.id} userId={me.user?.id ?? ''} verb={verb} onVerb={setVerb} />
    </Stack>
  );
}

function Views({ folder, access }: { folder: Folder; access: Parameters<typeof AccessList>[0]['access'] }) {
  const [view, setView] = useState<AccessView | null>(null);
  const changed = useAccessChanged(folder.id);
  const back = () => setView(null);
  const onDone = (after: typeof access) => {
    changed(after);
    back();
  };
  if (view?.kind === 'grant') return <GrantForm folderId={folder.id} given={view.given} onDone={onDone} onBack={back} />;
  if (view?.kind === 'inheritance') {
    return <InheritanceForm folder={folder} inherits={access.inherits} onDone={onDone} onBack={back} />;
  }
  if (view?.kind === 'why') return <Why folder={folder} start={view.userId} onBack={back} />;
  return <AccessList folder={folder} access={access} onView={setView} />;
}

function Why({ folder, start, onBack }: { folder: Folder; start: string; onBack(): void }) {
  const t = useText();
  const { members, manages } = useWhom();
  const [userId, setUserId] = useState(start);
  const [verb, setVerb] = useState<Verb>('list');
  return (
    <DialogView title={t.access.whyTitle} onBack={onBack}>
      <Stack gap="md">
        {manages && (
          <SearchSelect
            label={t.access.person}
            nothingFoundMessage={t.access.noMatch}
            data={(members ?? []).map(personOption)}
            value={userId}
            allowDeselect={false}
            onChange={(value) => value && setUserId(value)}
          />
        )}
        <Explain folderId={folder.id} userId={userId} verb={verb} onVerb={setVerb} />
      </Stack>
    </DialogView>
  );
}
