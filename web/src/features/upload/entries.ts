import type { PickedFile } from './uploads.ts';

/** Files nobody means to upload. */
const JUNK = /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/;

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

const batchOf = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

async function walk(entry: FileSystemEntry, folder: string, found: PickedFile[]): Promise<void> {
  if (JUNK.test(entry.name)) return;
  if (entry.isFile) {
    found.push({ file: await fileOf(entry as FileSystemFileEntry), folder });
    return;
  }
  const below = folder ? `${folder}/${entry.name}` : entry.name;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader answers in batches (100 in Chromium) and ends with an empty one.
  for (let batch = await batchOf(reader); batch.length > 0; batch = await batchOf(reader)) {
    for (const child of batch) await walk(child, below, found);
  }
}

/** All files of a drop, with the folders they came in. Must be called within the event: the transfer is emptied after it. */
export async function droppedFiles(transfer: DataTransfer): Promise<PickedFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  if (!entries.some(Boolean)) return plain.map((file) => ({ file, folder: '' }));
  const found: PickedFile[] = [];
  for (const entry of entries) if (entry) await walk(entry, '', found);
  return found;
}

/** Files of an `<input type=file>`, also of one that picks folders. */
export function pickedFiles(files: FileList): PickedFile[] {
  return [...files]
    .filter((file) => !JUNK.test(file.name))
    .map((file) => ({ file, folder: file.webkitRelativePath.split('/').slice(0, -1).join('/') }));
}
