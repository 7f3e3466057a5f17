import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { IconFiles, IconFolderUp, IconUpload } from '@tabler/icons-react';
import { type InputHTMLAttributes, useEffect, useRef } from 'react';
import { useText } from '../../messages/index.tsx';
import { FolderPicker } from '../library/folders/folder-picker.tsx';
import { TagInput } from '../library/tag-input.tsx';
import { pickedFiles } from './entries.ts';
import classes from './upload-dialog.module.css';
import { ON_DUPLICATE, uploads } from './uploads.ts';
import { useAddFiles, useUploadTarget } from './use-add-files.ts';

/** Not in React's types, but in every browser. */
const FOLDER_INPUT = { webkitdirectory: '' } as InputHTMLAttributes<HTMLInputElement>;

/** Chooses files or a folder, and says before where they go and how they are tagged. */
export function UploadDialog() {
  const t = useText();
  const add = useAddFiles();
  const target = useUploadTarget();
  const files = useRef<HTMLInputElement>(null);
  const folders = useRef<HTMLInputElement>(null);
  const close = () => uploads.dialogOpen.set(false);
  // Tags go on afterwards; the folder is that of the page again.
  useEffect(() => () => uploads.target.set((old) => ({ ...old, folder: null })), []);
  const take = (list: FileList | null) => {
    if (!list || list.length === 0) return;
    add(pickedFiles(list));
    close();
  };
  return (
    <Modal opened onClose={close} title={t.upload.title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <Stack gap="md">
        <FolderPicker
          label={t.upload.target}
          value={target.folder}
          onChange={(folder) => uploads.target.set((old) => ({ ...old, folder }))}
        />
        <TagInput
          label={t.upload.tags}
          description={t.upload.tagsHint}
          value={target.tags}
          onChange={(tags) => uploads.target.set((old) => ({ ...old, tags }))}
        />
        <Select
          label={t.upload.duplicates}
          data={ON_DUPLICATE.map((value) => ({ value, label: t.upload.onDuplicate[value] ?? value }))}
          value={target.onDuplicate}
          allowDeselect={false}
          onChange={(value) => {
            const onDuplicate = ON_DUPLICATE.find((known) => known === value);
            if (onDuplicate) uploads.target.set((old) => ({ ...old, onDuplicate }));
          }}
        />
        <div className={classes.zone}>
          <IconUpload size={28} stroke={1.4} aria-hidden />
          <Group gap="sm" justify="center">
            <Button leftSection={<IconFiles size={16} aria-hidden />} onClick={() => files.current?.click()}>
              {t.upload.files}
            </Button>
            <Button variant="default" leftSection={<IconFolderUp size={16} aria-hidden />} onClick={() => folders.current?.click()}>
              {t.upload.folder}
            </Button>
          </Group>
          <span className={classes.hint}>{t.upload.orDrop}</span>
        </div>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          data-testid="pick-files"
          aria-label={t.upload.files}
          onChange={(event) => take(event.target.files)}
        />
        <input
          ref={folders}
          type="file"
          hidden
          data-testid="pick-folder"
          aria-label={t.upload.folder}
          {...FOLDER_INPUT}
          onChange={(event) => take(event.target.files)}
        />
      </Stack>
    </Modal>
  );
}
