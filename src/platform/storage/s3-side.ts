import { draftGone } from './storage.ts';

/** What the side object of an unfinished upload says in its metadata: where its bytes belong (see `s3-drafts.ts`). */
export interface Side {
  /** Null until there are enough bytes for a part: most files never need a multipart upload. */
  readonly upload: string | null;
  readonly parts: number;
  readonly base: number;
}

/** Where a draft stands. */
export interface Standing extends Side {
  /** Bytes after `base`. */
  readonly tail: number;
}

export function metadataOf({ upload, parts, base }: Side): Record<string, string> {
  return { 'damson-parts': String(parts), 'damson-base': String(base), ...(upload === null ? {} : { 'damson-upload': upload }) };
}

export function sideOf(metadata: Record<string, string>): Side {
  const [parts, base] = [Number(metadata['damson-parts']), Number(metadata['damson-base'])];
  if (!Number.isSafeInteger(parts) || !Number.isSafeInteger(base))
    throw draftGone({ detail: 'The store did not keep the metadata of this upload; upload the file again.' });
  return { upload: metadata['damson-upload'] ?? null, parts, base };
}
