import type { S3Calls } from './s3-calls.ts';
import { faultOf } from './s3-errors.ts';
import type { Part, S3Multipart } from './s3-multipart.ts';
import { draftGone, type Key, type StoredInfo } from './storage.ts';

/** The last step of a multipart upload: parts become an object, at once or not at all. */

/**
 * Makes the object of these parts. Idempotent: a repeated request finds its own work done.
 * @throws draft_gone when the upload is gone and the object is not the one these parts make, an outage
 */
export async function joinParts(
  calls: S3Calls,
  multipart: S3Multipart,
  { key, upload, parts }: { key: Key; upload: string; parts: readonly Part[] },
): Promise<void> {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  try {
    const outcome = await calls.conditionally(true, (ifNoneMatch) => multipart.complete(key, upload, parts, ifNoneMatch));
    if (outcome === 'stored') return;
  } catch (error) {
    if (faultOf(error) !== 'no_upload') throw calls.connection.outage('complete', error);
  }
  // Anything else under this key is not this upload.
  const info = await finished(calls, key);
  if (info.bytes !== bytes) throw draftGone({ detail: 'Other bytes are stored in place of this upload; upload the file again.' });
  await multipart.abort(key, upload);
}

/** The object of an upload that is over. @throws draft_gone when there is none */
export async function finished(calls: S3Calls, key: Key): Promise<StoredInfo> {
  const info = await calls.head(key);
  if (info === null) throw draftGone();
  return { key, bytes: info.bytes, modifiedAt: info.modifiedAt };
}
