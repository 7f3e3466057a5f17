import { Readable } from 'node:stream';
import type { _Object } from '@aws-sdk/client-s3';
import { GuardedBody } from './guarded-body.ts';
import type { S3Connection } from './s3-client.ts';
import { faultOf } from './s3-errors.ts';
import { FastGet } from './s3-fast-get.ts';
import type { Key, StoredBody, StoredInfo } from './storage.ts';

/**
 * The requests an object takes, one function each: plain data in and out, `null` for "no such object", every other failure thrown as
 * an outage. Multipart uploads are in `s3-multipart.ts`.
 */

type Metadata = Record<string, string>;
export type S3Object = StoredInfo & { readonly metadata: Metadata; readonly etag: string | null };
export type S3Body = StoredBody & { readonly metadata: Metadata };

/** An answer with bytes, however it was asked for. */
interface Opened {
  readonly stream: GuardedBody;
  readonly length: number;
  readonly contentRange: string | undefined;
  readonly modifiedAt: Date;
  readonly metadata: Metadata;
}

const METADATA = 'x-amz-meta-';
const TYPE = 'application/octet-stream';
const DELETE_BATCH = 1000;
const DELETE_PARALLEL = 8;

export class S3Calls {
  readonly connection: S3Connection;
  readonly #fast: FastGet;
  /** Turned off when the store says that it does not know these; what is lost is speed and a second safety. */
  #deletesMany = true;
  #conditional = true;

  constructor(connection: S3Connection) {
    this.connection = connection;
    this.#fast = new FastGet(connection);
  }

  async get(key: Key, range?: { start: number; end: number }): Promise<S3Body | null> {
    const { outage } = this.connection;
    const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end}`;
    try {
      const { stream, length, contentRange, modifiedAt, metadata } =
        (await this.#getFast(key, Range)) ?? (await this.#getBySdk(key, Range));
      stream.explain = (error) => outage('read', error);
      const served = range === undefined ? { start: 0, end: length - 1, bytes: length } : servedRange(contentRange);
      if (served === null || (range !== undefined && served.start !== range.start)) {
        stream.destroy();
        throw new TypeError('the store answered another range than the one asked for');
      }
      return { key, bytes: served.bytes, modifiedAt, metadata, range: { start: served.start, end: served.end }, stream };
    } catch (error) {
      if (await this.#isAbsent(error)) return null;
      if (range !== undefined && faultOf(error) === 'empty_range') return this.#nothingOf(key, range.start);
      throw outage('read', error);
    }
  }

  async #getFast(key: Key, range: string | undefined): Promise<Opened | null> {
    const found = await this.#fast.get(key, range);
    if (found === null) return null;
    const { headers, body: stream } = found;
    const metadata: Metadata = {};
    for (const name in headers) if (name.startsWith(METADATA)) metadata[name.slice(METADATA.length)] = String(headers[name]);
    const modifiedAt = new Date(headers['last-modified'] ?? 0);
    return { stream, length: Number(headers['content-length'] ?? 0), contentRange: headers['content-range'], modifiedAt, metadata };
  }

  async #getBySdk(key: Key, range: string | undefined): Promise<Opened> {
    const { sdk, client, place } = this.connection;
    const found = await client.send(new sdk.GetObjectCommand({ Bucket: place.bucket, Key: key, Range: range }));
    const { Body: stream, ContentLength: length = 0, ContentRange: contentRange, LastModified: modifiedAt = new Date(0) } = found;
    if (!(stream instanceof GuardedBody)) throw new TypeError('the answer has no body');
    return { stream, length, contentRange, modifiedAt, metadata: found.Metadata ?? {} };
  }

  /** A range behind the end, as a store refuses and a disk answers with no bytes. */
  async #nothingOf(key: Key, start: number): Promise<S3Body | null> {
    const info = await this.head(key);
    return info && { ...info, range: { start, end: start - 1 }, stream: Readable.from([]) };
  }

  async head(key: Key): Promise<S3Object | null> {
    const { sdk, client, place, outage } = this.connection;
    try {
      const found = await client.send(new sdk.HeadObjectCommand({ Bucket: place.bucket, Key: key }));
      const { ContentLength: bytes = 0, LastModified: modifiedAt = new Date(0), Metadata: metadata = {}, ETag: etag = null } = found;
      return { key, bytes, modifiedAt, metadata, etag };
    } catch (error) {
      if (await this.#isAbsent(error)) return null;
      throw outage('head', error);
    }
  }

  /** Writes a whole small object. `onlyNew` keeps an object that is there, if the store can; says which it was. */
  async put(
    key: Key,
    body: Buffer,
    { metadata, onlyNew = false }: { metadata?: Metadata; onlyNew?: boolean } = {},
  ): Promise<'stored' | 'exists'> {
    const { sdk, client, place, outage } = this.connection;
    const input = { Bucket: place.bucket, Key: key, Body: body, ContentLength: body.length, ContentType: TYPE, Metadata: metadata };
    return this.conditionally(onlyNew, async (IfNoneMatch) => {
      await client.send(new sdk.PutObjectCommand({ ...input, IfNoneMatch }));
    }).catch((error: unknown) => {
      throw outage('put', error);
    });
  }

  /**
   * Runs a write that must not replace anything. A store without conditional writes is asked once; then the write goes unconditionally,
   * which is safe because keys are random and a lease keeps writers apart.
   */
  async conditionally(wanted: boolean, write: (ifNoneMatch: string | undefined) => Promise<void>): Promise<'stored' | 'exists'> {
    try {
      await write(wanted && this.#conditional ? '*' : undefined);
      return 'stored';
    } catch (error) {
      const fault = faultOf(error);
      if (wanted && this.#conditional && fault === 'exists') return 'exists';
      if (!wanted || !this.#conditional || fault !== 'not_implemented') throw error;
      this.#conditional = false;
      await write(undefined);
      return 'stored';
    }
  }

  /** Copies within the store, as long as the source is still the one that was looked at. */
  async copy(from: S3Object, to: Key): Promise<void> {
    const { sdk, client, place, timeoutMs, outage } = this.connection;
    const source = { CopySource: `${place.bucket}/${from.key}`, ...(from.etag === null ? {} : { CopySourceIfMatch: from.etag }) };
    const replaced = { MetadataDirective: 'REPLACE', Metadata: {}, ContentType: TYPE } as const;
    const command = new sdk.CopyObjectCommand({ Bucket: place.bucket, Key: to, ...source, ...replaced });
    await client.send(command, { requestTimeout: timeoutMs + workingTime(from.bytes) }).catch((error: unknown) => {
      throw outage('copy', error);
    });
  }

  async remove(keys: readonly Key[]): Promise<void> {
    for (let at = 0; at < keys.length; at += DELETE_BATCH) {
      const batch = keys.slice(at, at + DELETE_BATCH);
      if (!(batch.length > 1 && (await this.#removeMany(batch)))) await this.#removeEach(batch);
    }
  }

  /** False when the store cannot delete several objects at once. */
  async #removeMany(keys: readonly Key[]): Promise<boolean> {
    if (!this.#deletesMany) return false;
    const { sdk, client, place, outage } = this.connection;
    try {
      const Delete = { Objects: keys.map((key) => ({ Key: key })), Quiet: true };
      const { Errors: errors = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket: place.bucket, Delete }));
      const [failed] = errors.filter(({ Code }) => Code !== 'NoSuchKey');
      if (failed !== undefined) throw Object.assign(new Error(failed.Message ?? 'not deleted'), { name: failed.Code ?? 'DeleteFailed' });
      return true;
    } catch (error) {
      if (faultOf(error) !== 'not_implemented') throw outage('remove', error);
      this.#deletesMany = false;
      return false;
    }
  }

  async #removeEach(keys: readonly Key[]): Promise<void> {
    const { sdk, client, place, outage } = this.connection;
    for (let at = 0; at < keys.length; at += DELETE_PARALLEL) {
      const some = keys.slice(at, at + DELETE_PARALLEL).map(async (key) => {
        try {
          await client.send(new sdk.DeleteObjectCommand({ Bucket: place.bucket, Key: key }));
        } catch (error) {
          if (!(await this.#isAbsent(error))) throw outage('remove', error);
        }
      });
      await Promise.all(some);
    }
  }

  async *list(prefix: string): AsyncIterable<StoredInfo> {
    const { sdk, client, place, outage } = this.connection;
    let ContinuationToken: string | undefined;
    do {
      const command = new sdk.ListObjectsV2Command({ Bucket: place.bucket, Prefix: prefix, ContinuationToken });
      const page = await client.send(command).catch((error: unknown) => {
        throw outage('list', error);
      });
      for (const entry of page.Contents ?? []) if (isEntry(entry)) yield infoOf(entry);
      if (page.IsTruncated === true && page.NextContinuationToken === undefined)
        throw outage('list', new TypeError('the store ended a list in the middle'));
      ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }

  /** Throws unless the bucket is there and may be used. */
  async headBucket(): Promise<void> {
    const { sdk, client, place, outage } = this.connection;
    await client.send(new sdk.HeadBucketCommand({ Bucket: place.bucket })).catch((error: unknown) => {
      throw outage('bucket', error);
    });
  }

  /** 404 without a reason is believed only when the bucket answers: a missing bucket is an outage. */
  async #isAbsent(error: unknown): Promise<boolean> {
    const fault = faultOf(error);
    if (fault !== 'perhaps_absent') return fault === 'absent';
    await this.headBucket();
    return true;
  }
}

/** How long a store may be silent while it copies or joins so many bytes, ms: 20 MB/s is a slow disk. */
export function workingTime(bytes: number): number {
  return Math.ceil(bytes / 20_000);
}

function servedRange(header: string | undefined): { start: number; end: number; bytes: number } | null {
  const [, start, end, bytes] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  return start === undefined ? null : { start: Number(start), end: Number(end), bytes: Number(bytes) };
}

function isEntry(entry: _Object): entry is _Object & { Key: string } {
  return entry.Key !== undefined;
}

function infoOf({ Key: name, Size = 0, LastModified = new Date(0) }: _Object & { Key: string }): StoredInfo {
  return { key: name as Key, bytes: Size, modifiedAt: LastModified };
}
