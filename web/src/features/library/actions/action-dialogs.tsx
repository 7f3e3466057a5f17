import { useSearch } from '@tanstack/react-router';
import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { AssetItem, BulkAction } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { useStore } from '../../../ui/store.ts';
import { runBulk } from '../../jobs/run-bulk.tsx';
import { FolderPicker } from '../folders/folder-picker.tsx';
import { isInFolder, type LibrarySearch } from '../search-state.ts';
import { unselect } from '../selection.ts';
import { TagInput } from '../tag-input.tsx';
import { actionDialog } from './action-dialog.ts';

const close = () => actionDialog.set(null);

/** The dialog of the action that was chosen for the selection, if any. */
export function ActionDialogs() {
  const open = useStore(actionDialog);
  if (!open) return null;
  const dialogs = { tag: TagDialog, move: MoveDialog, publish: PublishDialog, trash: TrashDialog };
  const Dialog = dialogs[open.kind];
  return <Dialog items={open.items} onStarted={open.onStarted} />;
}

interface FrameProps {
  title: string;
  doing: string;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
  actions: () => BulkAction[];
  /** What leaves the view with it: it stays selected no longer. */
  leaving?: readonly string[];
  onStarted: (() => void) | undefined;
}

function DialogFrame({ title, doing, danger = false, disabled = false, leaving = [], onStarted, children, actions }: FrameProps) {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    let started = true;
    for (const action of actions()) started = started && (await runBulk(action, t));
    setBusy(false);
    if (!started) return;
    unselect(leaving);
    close();
    onStarted?.();
  };
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Stack gap="md">
          {children}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t.app.cancel}
            </Button>
            <Button type="submit" color={danger ? 'red.8' : 'plum'} loading={busy} disabled={disabled} data-autofocus={danger || undefined}>
              {doing}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface Props {
  items: readonly AssetItem[];
  onStarted: (() => void) | undefined;
}

const idsOf = (items: readonly AssetItem[]): string[] => items.map(({ id }) => id);

function TagDialog({ items, onStarted }: Props) {
  const t = useText();
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const used = [...new Set(items.flatMap(({ tags }) => tags))].sort();
  const actions = (): BulkAction[] => [
    ...(add.length > 0 ? [{ action: 'addTags' as const, ids: idsOf(items), tags: add }] : []),
    ...(remove.length > 0 ? [{ action: 'removeTags' as const, ids: idsOf(items), tags: remove }] : []),
  ];
  return (
    <DialogFrame
      onStarted={onStarted}
      title={t.bulk.tagTitle(items.length)}
      doing={t.bulk.tagDo(items.length)}
      disabled={add.length + remove.length === 0}
      actions={actions}
    >
      <TagInput label={t.bulk.tagAdd} value={add} onChange={setAdd} autoFocus />
      {used.length > 0 && (
        <Checkbox.Group label={t.bulk.tagRemove} value={remove} onChange={setRemove}>
          <Group gap="sm" mt={6} style={{ maxHeight: 160, overflowY: 'auto' }}>
            {used.map((tag) => (
              <Checkbox key={tag} value={tag} label={tag} size="xs" />
            ))}
          </Group>
        </Checkbox.Group>
      )}
    </DialogFrame>
  );
}

function MoveDialog({ items, onStarted }: Props) {
  const t = useText();
  const { folder: open }: LibrarySearch = useSearch({ strict: false });
  const [folder, setFolder] = useState(items[0]?.folder ?? '/');
  const path = folder.startsWith('/') ? folder : `/${folder}`;
  return (
    <DialogFrame
      onStarted={onStarted}
      title={t.bulk.moveTitle(items.length)}
      doing={t.bulk.moveDo(items.length)}
      leaving={isInFolder(path, open) ? [] : idsOf(items)}
      actions={() => [{ action: 'move', ids: idsOf(items), folder: path }]}
    >
      <FolderPicker label={t.folders.pick} value={folder} onChange={setFolder} autoFocus />
    </DialogFrame>
  );
}

function PublishDialog({ items, onStarted }: Props) {
  const t = useText();
  const released = items.filter((item) => item.published.releaseOriginal).length;
  const windows = items.filter(({ published: { from, until } }) => from !== null || until !== null).length;
  // Sent only when somebody has chosen: otherwise each asset keeps what it has.
  const [chosen, setChosen] = useState<boolean | null>(null);
  return (
    <DialogFrame
      onStarted={onStarted}
      title={t.bulk.publishTitle(items.length)}
      doing={t.bulk.publishDo(items.length)}
      actions={() => [{ action: 'publish', ids: idsOf(items), ...(chosen !== null && { releaseOriginal: chosen }) }]}
    >
      <Text>{t.bulk.publishText}</Text>
      {windows > 0 && <Text>{t.bulk.publishWindows(windows)}</Text>}
      <Checkbox
        label={t.bulk.releaseOriginal}
        checked={chosen ?? released === items.length}
        indeterminate={chosen === null && released > 0 && released < items.length}
        onChange={(event) => setChosen(event.currentTarget.checked)}
      />
    </DialogFrame>
  );
}

function TrashDialog({ items, onStarted }: Props) {
  const t = useText();
  const published = items.filter((item) => item.published.now).length;
  return (
    <DialogFrame
      onStarted={onStarted}
      title={t.bulk.trashTitle(items.length)}
      doing={t.bulk.trashDo(items.length)}
      danger
      leaving={idsOf(items)}
      actions={() => [{ action: 'trash', ids: idsOf(items) }]}
    >
      {published > 0 && <Alert color="orange">{t.bulk.trashPublished(published)}</Alert>}
      <Text>{t.bulk.trashText}</Text>
    </DialogFrame>
  );
}
