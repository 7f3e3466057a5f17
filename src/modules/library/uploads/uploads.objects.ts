import type { Storage } from '../../../platform/storage/storage.ts';
import type { UploadRow, UploadsRepository } from './uploads.repository.ts';
import { draftOf } from './uploads.row.ts';

/** Removes the bytes of an upload that will not become an asset; its row says so already, or names another object. */
export async function giveBack(
  deps: { repository: UploadsRepository; storage: Storage },
  upload: Pick<UploadRow, 'blobId' | 'draft'>,
): Promise<void> {
  if (!upload.draft) return;
  const draft = draftOf(upload);
  await deps.storage.abort(draft);
  // Refused at the very end (the quota, a name taken) the object has its final name already.
  if (!(await deps.repository.knownBlobs([upload.blobId])).has(upload.blobId)) await deps.storage.remove([draft.key]);
}
