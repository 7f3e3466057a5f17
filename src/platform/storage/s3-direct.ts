import { conflict, DamsonError } from '../../errors.ts';
import { keys, objectKey } from './keys.ts';
import type { S3Calls } from './s3-calls.ts';
import { finished, joinParts } from './s3-join.ts';
import { S3Multipart } from './s3-multipart.ts';
import type { S3Presigner } from './s3-presign.ts';
import { metadataOf, sideOf } from './s3-side.ts';
import { type DirectPart, type DirectUploads, type Draft, draftGone, type Key, type StoredInfo, type StoredPart } from './storage.ts';

/**
 * Uploads whose parts come from clients (ADR 404). As with every other draft a side object is the only truth: it names the multipart
 * upload, is written before the first address is given and removed last, so that listing and aborting know one kind of draft.
 */

const MIB = 2 ** 20;
/** Above S3's least part of 5 MiB: fewer requests and addresses, and still little to send again. */
const PART = 16 * MIB;
/** Of the 10,000 that S3 allows; a list of so many tags is a request of about 150 kB, and 5 TiB make parts of 2.7 GB (S3: at most 5 GiB). */
const MOST_PARTS = 2000;

export class S3Direct implements DirectUploads {
  readonly #calls: S3Calls;
  readonly #multipart: S3Multipart;
  readonly #presigner: S3Presigner;

  constructor(calls: S3Calls, presigner: S3Presigner) {
    this.#calls = calls;
    this.#multipart = new S3Multipart(calls.connection);
    this.#presigner = presigner;
  }

  async open(key: Key): Promise<Draft> {
    const upload = await this.#multipart.create(objectKey(key));
    const metadata = metadataOf({ upload, parts: 0, base: 0, direct: true });
    await this.#calls.put(keys.draft(key), Buffer.alloc(0), { metadata, onlyNew: true });
    return { key, state: {} };
  }

  partBytes(bytes: number): number {
    return Math.max(PART, Math.ceil(bytes / MOST_PARTS / MIB) * MIB);
  }

  async addresses({ key }: Draft, parts: readonly DirectPart[], seconds: number): Promise<string[]> {
    const upload = await this.#uploadOf(key);
    if (upload === null) throw draftGone();
    return Promise.all(parts.map((part) => this.#presigner.part(key, upload, part, seconds)));
  }

  async parts({ key }: Draft): Promise<StoredPart[] | null> {
    const upload = await this.#uploadOf(key);
    const listed = upload === null ? null : await this.#multipart.list(key, upload);
    return listed && listed.map((part) => ({ ...part, etag: bare(part.etag) }));
  }

  async join({ key }: Draft, parts: readonly StoredPart[]): Promise<StoredInfo> {
    const upload = await this.#uploadOf(key);
    // Without parts there is nothing to join: they have been, or the upload is gone.
    if (upload !== null && parts.length > 0) {
      const quoted = parts.map((part) => ({ ...part, etag: `"${part.etag}"` }));
      await joinParts(this.#calls, this.#multipart, { key, upload, parts: quoted }).catch((error: unknown) => {
        throw isChanged(error) ? conflict('A part was sent again meanwhile; ask which parts are there.') : error;
      });
    }
    const info = await finished(this.#calls, key);
    await this.#calls.remove([keys.draft(key)]);
    return info;
  }

  /** Null = there is no draft of this kind. */
  async #uploadOf(key: Key): Promise<string | null> {
    const side = await this.#calls.head(keys.draft(objectKey(key)));
    const { upload, direct } = side === null ? { upload: null, direct: false } : sideOf(side.metadata);
    return direct === true ? upload : null;
  }
}

/** The store names parts it does not have, or not with this tag. */
function isChanged(error: unknown): boolean {
  return error instanceof DamsonError && error.cause instanceof Error && error.cause.name === 'InvalidPart';
}

const bare = (etag: string): string => etag.replace(/^"|"$/g, '');
