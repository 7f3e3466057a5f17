import type { Picked } from './uploads.ts';

/** Files nobody means to upload. */
const JUNK = /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/;

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

const batchOf = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

interface Found {
  readonly files: Picked['files'][number][];
  readonly unreadable: Picked['unreadable'][number][];
}

/** Adds what an entry holds. One that cannot be read is noted and takes nothing else with it. */
async function walk(entry: FileSystemEntry, folder: string, found: Found): Promise<void> {
  if (JUNK.test(entry.name)) return;
  try {
    if (entry.isFile) {
      found.files.push({ file: await fileOf(entry as FileSystemFileEntry), folder });
      return;
    }
    const below = folder ? `${folder}/${entry.name}` : entry.name;
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A reader answers in batches (100 in Chromium) and ends with an empty one.
    for (let batch = await batchOf(reader); batch.length > 0; batch = await batchOf(reader)) {
      for (const child of batch) await walk(child, below, found);
    }
  } catch {
    found.unreadable.push({ name: entry.name, folder });
  }
}

/** All files of a drop, with the folders they came in. Must be called within the event: the transfer is emptied after it. */
export async function droppedFiles(transfer: DataTransfer): Promise<Picked> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  if (!entries.some(Boolean)) return { files: plain.map((file) => ({ file, folder: '' })), unreadable: [] };
  const found: Found = { files: [], unreadable: [] };
  for (const entry of entries) if (entry) await walk(entry, '', found);
  return found;
}

/** Files of an `<input type=file>`, also of one that picks folders. */
export function pickedFiles(files: Iterable<File>): Picked {
  return {
    files: [...files]
      .filter((file) => !JUNK.test(file.name))
      .map((file) => ({ file, folder: file.webkitRelativePath.split('/').slice(0, -1).join('/') })),
    unreadable: [],
  };
}
