import type { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { contentDisposition } from '../http/send.ts';
import type { S3Connection } from './s3-client.ts';
import type { DirectPart, Key, Presigned } from './storage.ts';

/** Addresses that carry their own permission, for the host by which clients reach the store. Nothing is sent to make one. */

/** Smaller differences S3 tolerates. */
const CLOCK_TOLERANCE_MS = 60_000;

type Sign = typeof getSignedUrl;
type Options = NonNullable<Parameters<Sign>[2]>;

export class S3Presigner {
  readonly #connection: S3Connection;

  constructor(connection: S3Connection) {
    this.#connection = connection;
  }

  /** Whether the addresses lead somewhere from outside. */
  get reachable(): boolean {
    return this.#connection.publicClient !== null;
  }

  /** To GET an object, as an attachment. */
  download(key: Key, { filename, mime, seconds }: Presigned): Promise<string> {
    const { sdk, place } = this.#connection;
    const command = new sdk.GetObjectCommand({
      Bucket: place.bucket,
      Key: key,
      ResponseContentDisposition: contentDisposition(mime, filename, 'attachment'),
      ResponseContentType: mime,
      ResponseCacheControl: 'private, no-store',
    });
    return this.#signed(seconds, (sign, options) => sign(this.#signer, command, options));
  }

  /** To PUT one part. Number and upload stand in the signed query, the length is a signed header: other lengths do not verify. */
  part(key: Key, UploadId: string, { number: PartNumber, bytes: ContentLength }: DirectPart, seconds: number): Promise<string> {
    const { sdk, place } = this.#connection;
    const command = new sdk.UploadPartCommand({ Bucket: place.bucket, Key: key, UploadId, PartNumber, ContentLength });
    return this.#signed(seconds, (sign, options) => sign(this.#signer, command, options));
  }

  get #signer(): S3Connection['client'] {
    return this.#connection.publicClient ?? this.#connection.client;
  }

  async #signed(expiresIn: number, work: (sign: Sign, options: Options) => Promise<string>): Promise<string> {
    const presigner = await import('@aws-sdk/s3-request-presigner');
    const { http, outage } = this.#connection;
    const ahead = http.clockAheadMs ?? 0;
    const signingDate = new Date(Date.now() + (Math.abs(ahead) > CLOCK_TOLERANCE_MS ? ahead : 0));
    return work(presigner.getSignedUrl, { expiresIn, signingDate }).catch((error: unknown) => {
      throw outage('presign', error);
    });
  }
}
