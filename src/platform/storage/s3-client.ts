import type * as Sdk from '@aws-sdk/client-s3';
import type { Log } from '../log.ts';
import { DamsonError } from '../../errors.ts';
import { explain, isConflict, type Place, toOutage } from './s3-errors.ts';
import { SilenceLimitedHttp } from './s3-http.ts';

/** What the storage is told, as `config` has it. */
export interface S3Options extends Place {
  /** Null = what the machine itself is allowed (the SDK's own chain). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: { reveal(): string } } | null;
  /** The bucket stands in the path, not in the host name. */
  readonly forcePathStyle: boolean;
  /** Longest silence of the store, ms. */
  readonly timeoutMs: number;
  /** Where clients reach the store; false = nowhere, null = at `endpoint`, when that is AWS or https. Default null. */
  readonly publicEndpoint?: string | false | null;
}

/** SDK, client and the way errors go, shared by everything that talks to one bucket. */
export interface S3Connection {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
  /** Signs addresses for clients, and sends nothing; null = they do not reach the store. */
  readonly publicClient: Sdk.S3Client | null;
  readonly http: SilenceLimitedHttp;
  readonly place: Place;
  /** Where the bucket is, by the SDK's rules. */
  readonly bucketUrl: URL;
  readonly timeoutMs: number;
  /** Makes of any failure what callers may see, and tells the log, seldom enough, what it was. */
  outage(verb: string, error: unknown): DamsonError;
  close(): void;
}

const MAX_ATTEMPTS = 3;
const LOG_EVERY_MS = 10_000;

/** Loads the SDK (only who uses S3 pays for it) and makes a client; nothing is sent yet. */
export async function connectS3(options: S3Options, log: Log): Promise<S3Connection> {
  const sdk = await import('@aws-sdk/client-s3');
  const http = new SilenceLimitedHttp(options.timeoutMs);
  const { endpoint, region, bucket, credentials } = options;
  const place: Place = { endpoint, region, bucket };
  const settings: Sdk.S3ClientConfig = {
    region,
    forcePathStyle: options.forcePathStyle,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null
      ? {}
      : { credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey.reveal() } }),
    requestHandler: http,
    retryMode: 'standard',
    maxAttempts: MAX_ATTEMPTS,
    // Every body is signed with its SHA-256, which the store verifies; the newer checksums are not known to all stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
  };
  const client = retryingConflicts(new sdk.S3Client(settings));
  const outside = options.publicEndpoint ?? null;
  const publicClient = typeof outside === 'string' ? new sdk.S3Client({ ...settings, endpoint: outside }) : client;
  // An http:// address is one of the inner network, and browsers refuse it on https pages, unless somebody says otherwise.
  const reachable = outside === null ? endpoint === null || endpoint.startsWith('https://') : outside !== false;
  const rules = { Bucket: bucket, Region: region, ForcePathStyle: options.forcePathStyle, UseFIPS: false, UseDualStack: false };
  const bucketUrl = client.config.endpointProvider({ ...rules, ...(endpoint === null ? {} : { Endpoint: endpoint }) }).url;
  return {
    sdk,
    client,
    publicClient: reachable ? publicClient : null,
    http,
    place,
    bucketUrl,
    timeoutMs: options.timeoutMs,
    outage: outages(place, log),
    close: () => client.destroy(),
  };
}

/**
 * 409 to a write means that another one was in its way: S3 says `OperationAborted` or `ConditionalRequestConflict` and wants it sent again;
 * Versity Gateway answers so when it removes the empty folder that the object was about to be put in. The SDK takes none of them for passing.
 */
function retryingConflicts(client: Sdk.S3Client): Sdk.S3Client {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (isConflict(error)) Object.assign(error, { $retryable: {} });
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'damsonRetriesConflicts' },
  );
  return client;
}

function outages(place: Place, log: Log): S3Connection['outage'] {
  const told = new Map<string, number>();
  return (verb, error) => {
    if (error instanceof DamsonError) return error;
    const reason = explain(error, place);
    if (Date.now() - (told.get(reason) ?? 0) >= LOG_EVERY_MS) {
      if (told.size > 100) told.clear();
      told.set(reason, Date.now());
      log.warn({ verb, reason, err: error }, 'the S3 store failed');
    }
    return toOutage(error);
  };
}
