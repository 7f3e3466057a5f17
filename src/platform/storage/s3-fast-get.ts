import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { GuardedBody } from './guarded-body.ts';
import type { S3Connection } from './s3-client.ts';
import { SilentStore } from './s3-http.ts';
import type { Key } from './storage.ts';

/**
 * GET of an object without the layers of the SDK, which take several times as long as everything else in a delivery (ADR 401). It
 * only ever succeeds: whatever is not a plain answer with bytes is asked again through the SDK, which knows all errors and when to try again.
 */

const EMPTY = createHash('sha256').digest('hex');
/** What says nothing against this way of asking: no such object, no such range. */
const PLAIN_NO = new Set([404, 416]);
/** After any other refusal the SDK alone is used for this long: credentials, clock or a busy store may need it. */
const REST_MS = 30_000;
/** Smaller differences S3 tolerates. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Where the bucket is. */
interface Base {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number | undefined;
  /** As the `Host` header has it. */
  readonly authority: string;
  /** Up to the key. */
  readonly path: string;
}

export interface FastAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: GuardedBody;
}

export class FastGet {
  readonly #connection: S3Connection;
  readonly #base: Base;
  #signing: { readonly of: string; readonly key: Buffer } | null = null;
  #restsUntil = 0;

  constructor(connection: S3Connection) {
    this.#connection = connection;
    this.#base = baseOf(connection.bucketUrl);
  }

  /**
   * The answer, 200 without a range and 206 with one; null = ask the SDK.
   * @throws SilentStore, since asking again would be as silent
   */
  async get(key: Key, range: string | undefined): Promise<FastAnswer | null> {
    if (Date.now() < this.#restsUntil) return null;
    try {
      const { secure, host, port, path } = this.#base;
      const headers = await this.#headers(key, range);
      const { statusCode, headers: said, body } = await this.#connection.http.get({ secure, host, port, path: path + key }, headers);
      if (statusCode === (range === undefined ? 200 : 206)) return { headers: said, body };
      body.on('error', () => undefined).resume();
      if (!PLAIN_NO.has(statusCode)) this.#restsUntil = Date.now() + REST_MS;
    } catch (error) {
      if (error instanceof SilentStore) throw error;
    }
    return null;
  }

  /** AWS Signature Version 4 of a request without a query. Keys have no character that would have to be escaped. */
  async #headers(key: Key, range: string | undefined): Promise<Record<string, string>> {
    const { client, http, place } = this.#connection;
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
    const ahead = http.clockAheadMs ?? 0;
    const now = new Date(Date.now() + (Math.abs(ahead) > CLOCK_TOLERANCE_MS ? ahead : 0));
    const time = `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
    const scope = `${time.slice(0, 8)}/${place.region}/s3/aws4_request`;
    const signed: Record<string, string> = { host: this.#base.authority, 'x-amz-content-sha256': EMPTY, 'x-amz-date': time };
    if (sessionToken !== undefined) signed['x-amz-security-token'] = sessionToken;
    const names = Object.keys(signed).join(';');
    let canonical = `GET\n${this.#base.path}${key}\n\n`;
    for (const name in signed) canonical += `${name}:${signed[name]}\n`;
    const request = createHash('sha256').update(`${canonical}\n${names}\n${EMPTY}`).digest('hex');
    const signature = createHmac('sha256', this.#key(scope, accessKeyId, secretAccessKey))
      .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${request}`)
      .digest('hex');
    signed['authorization'] = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    if (range !== undefined) signed['range'] = range;
    return signed;
  }

  /** Derived once a day, and again when the credentials change. */
  #key(scope: string, accessKeyId: string, secret: string): Buffer {
    const of = `${accessKeyId}/${scope}`;
    if (this.#signing?.of !== of) {
      const hmac = (by: Buffer, part: string) => createHmac('sha256', by).update(part).digest();
      this.#signing = { of, key: scope.split('/').reduce(hmac, Buffer.from(`AWS4${secret}`)) };
    }
    return this.#signing.key;
  }
}

function baseOf(url: URL): Base {
  const secure = url.protocol === 'https:';
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  return { secure, host, port: url.port === '' ? undefined : Number(url.port), authority: url.host, path };
}
