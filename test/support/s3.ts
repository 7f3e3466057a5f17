import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import * as s3 from '@aws-sdk/client-s3';
import { Secret } from '../../config/secret.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createS3Storage, type S3Storage } from '../../src/platform/storage/s3.ts';
import { engineUrl } from './engines.ts';

/** Buckets of their own for tests, on the server that S3_TEST_* or S3_* name. A bucket that was not made here is never touched. */

type Options = Parameters<typeof createS3Storage>[0];

/** What the server is called in the variables; see `scripts/s3-server.mjs`. */
export const S3_VARIABLES = ['S3_TEST_ENDPOINT', 'S3_ENDPOINT'] as const;

const variable = (name: string): string | undefined => engineUrl(`S3_TEST_${name}`, `S3_${name}`);

export class TestBucket {
  readonly options: Options;
  readonly #dir: string;
  readonly client: S3Client;

  constructor(options: Options, dir: string, client: S3Client) {
    this.options = options;
    this.#dir = dir;
    this.client = client;
  }

  get name(): string {
    return this.options.bucket;
  }

  /** The settings that lead a Damson to this bucket. */
  get env(): Record<string, string> {
    const { endpoint, region, credentials, forcePathStyle } = this.options;
    return {
      S3_ENDPOINT: endpoint ?? '',
      S3_REGION: region,
      S3_BUCKET: this.name,
      S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
      S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey.reveal() ?? '',
      S3_FORCE_PATH_STYLE: forcePathStyle ? 'on' : 'off',
    };
  }

  /** A storage on this bucket, with other options where given. */
  open(changed: Partial<Options> = {}): Promise<S3Storage> {
    return createS3Storage({ ...this.options, ...changed }, { log: silentLog });
  }

  /** Every object there is, also those the storage keeps for itself. */
  async objects(): Promise<string[]> {
    const found = await this.client.send(new s3.ListObjectsV2Command({ Bucket: this.name }));
    return (found.Contents ?? []).map(({ Key = '' }) => Key);
  }

  /** Unfinished multipart uploads. */
  async uploads(): Promise<{ Key: string; UploadId: string }[]> {
    const { Uploads = [] } = await this.client.send(new s3.ListMultipartUploadsCommand({ Bucket: this.name }));
    return Uploads.map(({ Key = '', UploadId = '' }) => ({ Key, UploadId }));
  }

  async remove(): Promise<void> {
    for (const upload of await this.uploads()) await this.client.send(new s3.AbortMultipartUploadCommand({ Bucket: this.name, ...upload }));
    for (let left = await this.objects(); left.length > 0; left = await this.objects()) {
      await Promise.all(left.map((Key) => this.client.send(new s3.DeleteObjectCommand({ Bucket: this.name, Key }))));
    }
    await this.client.send(new s3.DeleteBucketCommand({ Bucket: this.name }));
    this.client.destroy();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Makes an empty bucket with a name of its own. */
export async function makeBucket(): Promise<TestBucket> {
  const endpoint = engineUrl(...S3_VARIABLES);
  if (endpoint === undefined) throw new Error(`${S3_VARIABLES.join(' or ')} must be set`);
  const credentials = { accessKeyId: variable('ACCESS_KEY_ID') ?? '', secretAccessKey: variable('SECRET_ACCESS_KEY') ?? '' };
  const region = variable('REGION') ?? 'us-east-1';
  const forcePathStyle = (variable('FORCE_PATH_STYLE') ?? 'true') === 'true';
  const bucket = `damson-test-${randomBytes(8).toString('hex')}`;
  const client = new S3Client({ endpoint, region, forcePathStyle, credentials });
  await client.send(new s3.CreateBucketCommand({ Bucket: bucket }));
  const dir = await mkdtemp(join(tmpdir(), 'damson-s3-'));
  const secret = { accessKeyId: credentials.accessKeyId, secretAccessKey: new Secret(credentials.secretAccessKey) };
  return new TestBucket({ endpoint, region, bucket, credentials: secret, forcePathStyle, timeoutMs: 10_000, cache: { dir } }, dir, client);
}
