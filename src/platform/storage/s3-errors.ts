import { type DamsonError, storageFull, unavailable } from '../../errors.ts';
import { hasCode } from './disk-files.ts';

/** What an answer of an S3 store means. Whatever is not plainly one of the first is an outage: never "not there", never "done". */
export type Fault =
  | 'absent'
  /** 404 without a reason, as HEAD gives it: the object or the bucket is missing. */
  | 'perhaps_absent'
  | 'no_upload'
  /** A conditional write found an object. */
  | 'exists'
  | 'empty_range'
  | 'not_implemented'
  | 'full'
  | 'away';

const FULL = new Set(['InsufficientStorage', 'QuotaExceeded', 'XMinioStorageFull', 'StorageFull']);
const NOT_IMPLEMENTED = new Set(['NotImplemented', 'MethodNotAllowed', 'UnsupportedOperation']);

export function faultOf(error: unknown): Fault {
  const [name, status] = [nameOf(error), statusOf(error)];
  if (name === 'NoSuchKey') return 'absent';
  if (name === 'NoSuchUpload') return 'no_upload';
  if (name === 'NotFound' && status === 404) return 'perhaps_absent';
  if (name === 'PreconditionFailed' || status === 412) return 'exists';
  if (name === 'InvalidRange' || status === 416) return 'empty_range';
  if (FULL.has(name) || status === 507) return 'full';
  if (NOT_IMPLEMENTED.has(name) || status === 501 || status === 405) return 'not_implemented';
  return 'away';
}

/** Another write was in the way. */
export const isConflict = (error: unknown): error is Error => statusOf(error) === 409 && nameOf(error) !== 'BucketAlreadyOwnedByYou';

/** The error callers get: full, or an outage. What the store said stays in the cause. */
export function toOutage(error: unknown): DamsonError {
  if (faultOf(error) === 'full')
    return storageFull({ detail: 'The storage is full; nothing was lost. Free some space and try again.', cause: error });
  return unavailable({ detail: 'The storage cannot be reached just now.', cause: error, headers: { 'Retry-After': '5' } });
}

export interface Place {
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
}

/** A sentence for whoever runs the service: what is wrong, and which variable to look at. Never holds a secret. */
export function explain(error: unknown, { endpoint, region, bucket }: Place): string {
  const at = endpoint ?? `AWS (${region})`;
  const name = nameOf(error);
  switch (name) {
    case 'NoSuchBucket':
      return `The bucket "${bucket}" does not exist at ${at}: make it, or correct S3_BUCKET.`;
    case 'InvalidAccessKeyId':
    case 'XAdminUserNotFound': // Versity Gateway
      return `${at} does not know the access key: correct S3_ACCESS_KEY_ID.`;
    case 'SignatureDoesNotMatch':
      return `${at} refuses the signature: correct S3_SECRET_ACCESS_KEY (or a proxy in between changes the request).`;
    case 'AccessDenied':
    case 'Forbidden':
    case '403':
      return `The access key may not use the bucket "${bucket}" at ${at}: it needs s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts.`;
    case 'RequestTimeTooSkewed':
      return `The clocks of this machine and of ${at} differ by more than 15 minutes: set the clock.`;
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
    case 'PermanentRedirect':
    case 'IncorrectEndpoint':
      return `The bucket "${bucket}" is in another region than ${region}${wanted(error)}: correct S3_REGION.`;
    case 'CredentialsProviderError':
      return 'This machine has no credentials of its own for S3: set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.';
    case 'SilentStore':
      return `${at} accepts connections but does not answer in time.`;
    default:
      return network(error, at) ?? other(error, at);
  }
}

function network(error: unknown, at: string): string | null {
  if (hasCode(error, 'ECONNREFUSED')) return `Nothing listens at ${at}: start the store, or correct S3_ENDPOINT.`;
  if (hasCode(error, 'ENOTFOUND', 'EAI_AGAIN'))
    return `The name in ${at} is not known: correct S3_ENDPOINT, or set S3_FORCE_PATH_STYLE=true.`;
  if (hasCode(error, 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH')) return `The connection to ${at} breaks.`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|ERR_TLS|SELF_SIGNED|ALTNAME|VERIFY/.test(code)) return `The certificate of ${at} is not trusted (${code}).`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return `${at} does not speak TLS: is it http:// instead of https://?`;
  if (code.startsWith('HPE_')) return `${at} does not speak HTTP: is it https:// instead of http://?`;
  return null;
}

function other(error: unknown, at: string): string {
  const [name, status] = [nameOf(error), statusOf(error)];
  if (status === 404) return `${at} answers like no S3 store (404): correct S3_ENDPOINT.`;
  const message = error instanceof Error ? error.message.slice(0, 200) : String(error);
  return `${at} answers ${status === 0 ? '' : `${status} `}${name}: ${message}`;
}

function wanted(error: unknown): string {
  const region = error instanceof Error && 'Region' in error ? error.Region : null;
  return typeof region === 'string' ? ` (${region})` : '';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function statusOf(error: unknown): number {
  if (!(error instanceof Error) || !('$metadata' in error)) return 0;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return 0;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
}
