import { draftGone } from './storage.ts';

/** What the side object of an unfinished upload says in its metadata: where its bytes belong (see `s3-drafts.ts`). */
export interface Side {
  /** Null until there are enough bytes for a part: most files never need a multipart upload. */
  readonly upload: string | null;
  readonly parts: number;
  readonly base: number;
  /** The parts are sent by a client: `S3Direct` alone may join them. Default false. */
  readonly direct?: boolean;
}

/** Where a draft stands. */
export interface Standing extends Side {
  /** Bytes after `base`. */
  readonly tail: number;
}

export function metadataOf({ upload, parts, base, direct = false }: Side): Record<string, string> {
  return {
    'damson-parts': String(parts),
    'damson-base': String(base),
    ...(upload === null ? {} : { 'damson-upload': upload }),
    ...(direct ? { 'damson-direct': 'yes' } : {}),
  };
}

export function sideOf(metadata: Record<string, string>): Side {
  const [parts, base] = [Number(metadata['damson-parts']), Number(metadata['damson-base'])];
  if (!Number.isSafeInteger(parts) || !Number.isSafeInteger(base))
    throw draftGone({ detail: 'The store did not keep the metadata of this upload; upload the file again.' });
  return { upload: metadata['damson-upload'] ?? null, parts, base, direct: metadata['damson-direct'] === 'yes' };
}

/** The side of an upload that goes through us. Of parts that a client sends nobody but `S3Direct` knows whether they are all there. */
export function ownSideOf(metadata: Record<string, string>): Side {
  const side = sideOf(metadata);
  if (side.direct) throw draftGone({ detail: 'The bytes of this upload go to the store directly.' });
  return side;
}
