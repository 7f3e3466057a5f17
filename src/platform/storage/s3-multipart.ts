import type { S3Connection } from './s3-client.ts';
import { workingTime } from './s3-calls.ts';
import { faultOf } from './s3-errors.ts';
import type { Key } from './storage.ts';

/** Multipart uploads of S3, as requests: an object grows in numbered parts and appears when it is completed. */

/** S3 refuses to complete an upload in which a part other than the last is smaller. */
export const MIN_PART = 5 * 2 ** 20;
const MAX_PART = 2 ** 30;
const GROWTH = 900;

export interface Part {
  readonly number: number;
  readonly bytes: number;
  readonly etag: string;
}

/**
 * How large the part that begins at `offset` should be: 5 MiB up to 4.4 GiB, then a 900th of what is there, at most 1 GiB.
 * So 10,000 parts, which is all that S3 allows, hold 5 TiB, which is the largest object it allows, and buffers stay small for
 * usual files.
 */
export function partSize(offset: number): number {
  return Math.min(Math.max(MIN_PART, Math.ceil(offset / GROWTH)), MAX_PART);
}

/** `null` from any of these means that the upload does not exist (finished, aborted, expired): never that it is complete. */
export class S3Multipart {
  readonly #connection: S3Connection;

  constructor(connection: S3Connection) {
    this.#connection = connection;
  }

  async create(key: Key): Promise<string> {
    const { sdk, client, place, outage } = this.#connection;
    try {
      const input = { Bucket: place.bucket, Key: key, ContentType: 'application/octet-stream' };
      const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(input));
      if (UploadId === undefined) throw new TypeError('the store opened an upload without an id');
      return UploadId;
    } catch (error) {
      throw outage('open', error);
    }
  }

  /** Parts after number `after`, in order. */
  async list(key: Key, UploadId: string, after = 0): Promise<Part[] | null> {
    const { sdk, client, place, outage } = this.#connection;
    const found: Part[] = [];
    let PartNumberMarker: string | undefined = after === 0 ? undefined : String(after);
    try {
      do {
        const command = new sdk.ListPartsCommand({ Bucket: place.bucket, Key: key, UploadId, PartNumberMarker });
        const page = await client.send(command);
        for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? []) {
          // a store that does not know the marker begins at the first part
          if (PartNumber > after) found.push({ number: PartNumber, bytes: Size, etag: ETag });
        }
        PartNumberMarker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
      } while (PartNumberMarker !== undefined);
    } catch (error) {
      if (faultOf(error) === 'no_upload') return null;
      throw outage('stat', error);
    }
    return found.sort((a, b) => a.number - b.number);
  }

  /** Writes one part; the same number again replaces it. */
  async upload(key: Key, UploadId: string, PartNumber: number, body: Buffer): Promise<Part | null> {
    const { sdk, client, place, outage } = this.#connection;
    const input = { Bucket: place.bucket, Key: key, UploadId, PartNumber, Body: body, ContentLength: body.length };
    try {
      const { ETag: etag } = await client.send(new sdk.UploadPartCommand(input));
      if (etag === undefined) throw new TypeError('the store took a part without a tag');
      return { number: PartNumber, bytes: body.length, etag };
    } catch (error) {
      if (faultOf(error) === 'no_upload') return null;
      throw outage('append', error);
    }
  }

  /** Makes the object of its parts; with `ifNoneMatch` only where none is. Errors come as the SDK's. */
  async complete(key: Key, UploadId: string, parts: readonly Part[], ifNoneMatch: string | undefined): Promise<void> {
    const { sdk, client, place, timeoutMs } = this.#connection;
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    const input = { Bucket: place.bucket, Key: key, UploadId, MultipartUpload: { Parts }, IfNoneMatch: ifNoneMatch };
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    await client.send(new sdk.CompleteMultipartUploadCommand(input), { requestTimeout: timeoutMs + workingTime(bytes) });
  }

  async abort(key: Key, UploadId: string): Promise<void> {
    const { sdk, client, place, outage } = this.#connection;
    try {
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: place.bucket, Key: key, UploadId }));
    } catch (error) {
      if (faultOf(error) !== 'no_upload') throw outage('abort', error);
    }
  }
}
