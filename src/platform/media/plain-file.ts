import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { decodeFailed } from './media.ts';

/**
 * Opens a file that a decoder wrote, for reading. A decoder that was taken over could leave a link to some other file in its room, which the
 * server, unlike the decoder, may read: links are not followed, and nothing but a file of its own is opened.
 * @throws `decode_failed`; ENOENT when it is not there
 */
export async function openPlain(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? refused(error) : error;
  });
  const { isFile, nlink } = await file.stat().then((facts) => ({ isFile: facts.isFile(), nlink: facts.nlink }));
  // None when it was replaced in the meantime, as playlists are.
  if (isFile && nlink <= 1) return file;
  await file.close();
  throw refused();
}

/** How large such a file is; 0 when there is none. @throws `decode_failed` when it is something else */
export async function plainSize(path: string): Promise<number> {
  try {
    const file = await openPlain(path);
    try {
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

const refused = (cause?: unknown) =>
  decodeFailed({ detail: 'The decoder left something that is no file.', extra: { reason: 'refused' }, cause });
