import type { Readable } from 'node:stream';
import { defineError } from '../../errors.ts';

/**
 * Bytes by key. "Not found" is `null`; an outage is always thrown. What `complete` and `put` acknowledge is
 * durable (fsync of file and folder, or the store's own acknowledgement).
 */

/** The resumable write no longer exists (finished, aborted or expired). */
export const draftGone = defineError('draft_gone', 410, 'This upload no longer exists');
/** Bytes were sent for another place than the end of what is stored, or by two writers at once. */
export const offsetConflict = defineError('offset_conflict', 409, 'The offset is not where the stored bytes end');

/** A key made by `keys.ts`; never built from a client's name. */
export type Key = string & { readonly __key: 'storage' };

/** A resumable write. Plain data: it is kept in the upload's row and survives the process. */
export interface Draft {
  readonly key: Key;
  /** What the store needs to go on (S3: upload id and parts); opaque to callers. */
  readonly state: Record<string, unknown>;
}

export interface StoredInfo {
  readonly key: Key;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface StoredBody extends StoredInfo {
  readonly stream: Readable;
  /** First and last byte served, inclusive; whole object when no range was asked for. */
  readonly range: { start: number; end: number };
}

export interface StorageFeatures {
  /** Clients may be sent to the store with their bytes: `direct` is there and its addresses lead somewhere from outside. */
  readonly presignedPut: boolean;
  /** Clients may be sent to the store for bytes: `presignedGet` is there and its addresses lead somewhere from outside. */
  readonly presignedGet: boolean;
  /** The store itself refuses to write over an object. */
  readonly conditionalPut: boolean;
  /** `withLocalFile` lends the stored file itself. */
  readonly localFile: boolean;
}

export interface Presigned {
  /** The name the file is saved under; any text. */
  readonly filename: string;
  readonly mime: string;
  /** How long the address works. */
  readonly seconds: number;
}

/** A part of an object that is not one yet. */
export interface DirectPart {
  /** From 1 on. */
  readonly number: number;
  readonly bytes: number;
}

/** A part as the store has it, with the tag the store gave whoever sent it; without the quotes of the header. */
export interface StoredPart extends DirectPart {
  readonly etag: string;
}

/**
 * Uploads whose bytes clients send to the store themselves, in parts. Their drafts are listed and aborted like any other, but nothing
 * is appended to them and only `join` makes an object of them: `append`, `stat` and `complete` throw `draft_gone`.
 */
export interface DirectUploads {
  /** Opens one straight to the final key; the object is absent until `join`. */
  open(key: Key): Promise<Draft>;
  /** How large the parts of an object of so many bytes are, all but the last. */
  partBytes(bytes: number): number;
  /**
   * Addresses to PUT these parts to, in their order. Each takes the part of its number and, where the signature can say so, of its
   * length. Anybody who has it may use it, for so many seconds. @throws draft_gone
   */
  addresses(draft: Draft, parts: readonly DirectPart[], seconds: number): Promise<string[]>;
  /** What the store has, in order; null when nothing is on its way any more: joined or gone, which `join` tells apart. */
  parts(draft: Draft): Promise<StoredPart[] | null>;
  /**
   * Makes the object of just these parts, durable when it returns. Idempotent. @throws draft_gone when it was aborted, conflict when the
   * store has other parts by now
   */
  join(draft: Draft, parts: readonly StoredPart[]): Promise<StoredInfo>;
}

export interface PutOptions {
  /** False for what can be made again: whole or absent also after a power cut, but then perhaps absent. Default true. */
  readonly durable?: boolean;
}

export interface Storage {
  readonly features: StorageFeatures;
  /** Opens a resumable write straight to the final key; the object is absent until `complete`. Opening it again goes on with what is stored. */
  open(key: Key): Promise<Draft>;
  /**
   * Appends at `offset`. Returns the new offset, also when the stream broke half-way: what it says is durable.
   * @throws offset_conflict when `offset` is not the stored size or another append runs, draft_gone, storage_full
   */
  append(draft: Draft, offset: number, body: Readable): Promise<number>;
  /** Bytes stored so far. Throws `draft_gone` when the draft no longer exists: never "complete". */
  stat(draft: Draft): Promise<number>;
  /** Makes the object visible under its key, durable when it returns. Idempotent. */
  complete(draft: Draft): Promise<StoredInfo>;
  abort(draft: Draft): Promise<void>;
  /** Small and derived objects: whole or absent. */
  put(key: Key, body: Readable | Buffer, options?: PutOptions): Promise<StoredInfo>;
  /** `null` = absent. `range` is inclusive and already checked against the size by the caller. */
  read(key: Key, range?: { start: number; end: number }): Promise<StoredBody | null>;
  head(key: Key): Promise<StoredInfo | null>;
  remove(keys: Key[]): Promise<void>;
  /** Every object under the prefix, for reconciliation. */
  list(prefix: string): AsyncIterable<StoredInfo>;
  /** Every resumable write under the prefix that is neither complete nor aborted, for the same; with its last change. */
  drafts(prefix: string): AsyncIterable<Draft & { readonly modifiedAt: Date }>;
  /**
   * Hands a readable local path of the object to `work`: the file itself where `features.localFile`, else a
   * private copy that is removed afterwards. The path must be treated as read-only. `null` object -> `work` is not called and null returned.
   */
  withLocalFile<T>(key: Key, work: (path: string) => Promise<T>): Promise<T | null>;
  /**
   * An address from which anybody who has it may download the object, as an attachment. Who may be given one is said in
   * decisions 3. Nothing is looked up: the address of an absent object answers 404.
   */
  presignedGet?(key: Key, download: Presigned): Promise<string>;
  /** Uploads past us; only to be used where `features.presignedPut`. */
  readonly direct?: DirectUploads;
  describe(): Promise<{ engine: string; latencyMs: number; freeBytes: number | null }>;
  close(): Promise<void>;
}
