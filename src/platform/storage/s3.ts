import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Log } from '../log.ts';
import { isOwn, isPrefix, keys, objectKey } from './keys.ts';
import { LocalCopies } from './local-copies.ts';
import { S3Calls } from './s3-calls.ts';
import { connectS3, type S3Connection, type S3Options } from './s3-client.ts';
import { S3Direct } from './s3-direct.ts';
import { S3Drafts } from './s3-drafts.ts';
import { MIN_PART } from './s3-multipart.ts';
import { S3Presigner } from './s3-presign.ts';
import { verifyS3 } from './s3-verify.ts';
import {
  type Draft,
  type Key,
  offsetConflict,
  type Presigned,
  type Storage,
  type StorageFeatures,
  type StoredBody,
  type StoredInfo,
} from './storage.ts';

/** Objects in one bucket of an S3-compatible store; how uploads are kept there is said in `s3-drafts.ts` and ADR 401. */

export interface S3Storage extends Storage {
  /**
   * Tries everything the service needs of the store, with objects of its own that it removes again, and finds out what the store can.
   * Takes as long as a dozen requests, at most a few times `timeoutMs`.
   * @returns what is wrong, a sentence each; empty = all is well. Throws nothing.
   */
  verify(): Promise<string[]>;
}

/** @param options as in `config.storage`; `cache.dir` is where private copies of objects are made */
export async function createS3Storage(options: S3Options & { cache: { dir: string } }, { log }: { log: Log }): Promise<S3Storage> {
  const connection = await connectS3(options, log);
  return new ObjectStore(connection, new LocalCopies(join(options.cache.dir, 'tmp')));
}

class ObjectStore implements S3Storage {
  readonly #connection: S3Connection;
  readonly #calls: S3Calls;
  readonly #drafts: S3Drafts;
  readonly #presigner: S3Presigner;
  readonly direct: S3Direct;
  readonly #copies: LocalCopies;
  /** Drafts being written by this process; across processes the upload's lease keeps writers apart. */
  readonly #busy = new Set<Key>();
  #conditionalPut = false;

  constructor(connection: S3Connection, copies: LocalCopies) {
    this.#connection = connection;
    this.#calls = new S3Calls(connection);
    this.#drafts = new S3Drafts(this.#calls);
    this.#presigner = new S3Presigner(connection);
    this.direct = new S3Direct(this.#calls, this.#presigner);
    this.#copies = copies;
  }

  get features(): StorageFeatures {
    const { reachable } = this.#presigner;
    return { presignedPut: reachable, presignedGet: reachable, conditionalPut: this.#conditionalPut, localFile: false };
  }

  async verify(): Promise<string[]> {
    const { problems, conditionalPut } = await verifyS3(this.#calls);
    this.#conditionalPut = conditionalPut;
    return problems;
  }

  async open(key: Key): Promise<Draft> {
    await this.#drafts.open(objectKey(key));
    return { key, state: {} };
  }

  async append(draft: Draft, offset: number, body: Readable): Promise<number> {
    const { key } = draft;
    this.#refuseBusy(objectKey(key));
    this.#busy.add(key);
    try {
      return await this.#drafts.append(key, offset, body);
    } finally {
      this.#busy.delete(key);
    }
  }

  stat(draft: Draft): Promise<number> {
    return this.#drafts.offset(objectKey(draft.key));
  }

  async complete(draft: Draft): Promise<StoredInfo> {
    this.#refuseBusy(objectKey(draft.key));
    return this.#drafts.complete(draft.key);
  }

  async abort(draft: Draft): Promise<void> {
    await this.#drafts.abort(objectKey(draft.key));
  }

  async put(key: Key, body: Readable | Buffer): Promise<StoredInfo> {
    objectKey(key);
    if (!Buffer.isBuffer(body)) return this.#putStream(key, body);
    await this.#calls.put(key, body);
    return { key, bytes: body.length, modifiedAt: new Date() };
  }

  /** A stream of unknown length: one request if it is short, else parts that become an object at once or not at all. */
  async #putStream(key: Key, body: Readable): Promise<StoredInfo> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const { client, place, outage } = this.#connection;
    const broken: Error[] = [];
    let bytes = 0;
    body.on('error', (error) => broken.push(error));
    const counted = async function* () {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        yield chunk;
      }
    };
    const params = { Bucket: place.bucket, Key: key, Body: Readable.from(counted()), ContentType: 'application/octet-stream' };
    try {
      await new Upload({ client, params, queueSize: 1, partSize: MIN_PART, leavePartsOnError: false }).done();
    } catch (error) {
      throw broken[0] ?? outage('put', error);
    }
    return { key, bytes, modifiedAt: new Date() };
  }

  async read(key: Key, range?: { start: number; end: number }): Promise<StoredBody | null> {
    const found = await this.#calls.get(objectKey(key), range);
    return found && { key, bytes: found.bytes, modifiedAt: found.modifiedAt, range: found.range, stream: found.stream };
  }

  async head(key: Key): Promise<StoredInfo | null> {
    const found = await this.#calls.head(objectKey(key));
    return found && { key, bytes: found.bytes, modifiedAt: found.modifiedAt };
  }

  async remove(keys: Key[]): Promise<void> {
    await this.#calls.remove(keys.map(objectKey));
  }

  async *list(prefix: string): AsyncIterable<StoredInfo> {
    if (!isPrefix(prefix)) throw new Error(`unsafe prefix: ${prefix}`);
    for await (const info of this.#calls.list(prefix)) if (!isOwn(info.key)) yield info;
  }

  async *drafts(prefix: string): AsyncIterable<Draft & { modifiedAt: Date }> {
    if (!isPrefix(prefix)) throw new Error(`unsafe prefix: ${prefix}`);
    for await (const { key, modifiedAt } of this.#calls.list(keys.draftsPrefix + prefix)) {
      yield { key: keys.ofDraft(key), state: {}, modifiedAt };
    }
  }

  async withLocalFile<T>(key: Key, work: (path: string) => Promise<T>): Promise<T | null> {
    const body = await this.read(key);
    return body && this.#copies.lend(body, work);
  }

  async presignedGet(key: Key, download: Presigned): Promise<string> {
    return this.#presigner.download(objectKey(key), download);
  }

  async describe(): Promise<{ engine: string; latencyMs: number; freeBytes: number | null }> {
    const begin = performance.now();
    await this.#calls.headBucket();
    const { http } = this.#connection;
    return { engine: http.server === null ? 's3' : `s3 (${http.server})`, latencyMs: performance.now() - begin, freeBytes: null };
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #refuseBusy(key: Key): void {
    if (this.#busy.has(key)) throw offsetConflict('Another request is writing to this upload.');
  }
}
