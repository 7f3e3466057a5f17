import { unprocessable } from '../../../errors.ts';
import { MAX_FOLDER_DEPTH, MAX_FOLDER_PATH_BYTES } from './folders.path.ts';

/** Throws `unprocessable` with the limit's name when a folder would lie too deep or its path be too long. */
export function checkFolderLimits(folder: { depth: number; bytes: number }): void {
  const over = (limit: string, given: number, allowed: number, detail: string) =>
    unprocessable({ detail, extra: { limit, given, allowed } });
  if (folder.depth > MAX_FOLDER_DEPTH)
    throw over('folder_depth', folder.depth, MAX_FOLDER_DEPTH, `Folders may be ${MAX_FOLDER_DEPTH} deep.`);
  if (folder.bytes > MAX_FOLDER_PATH_BYTES)
    throw over(
      'folder_path_bytes',
      folder.bytes,
      MAX_FOLDER_PATH_BYTES,
      `The path of a folder may be ${MAX_FOLDER_PATH_BYTES.toLocaleString('en')} bytes long.`,
    );
}
