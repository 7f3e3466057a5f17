import { join } from 'node:path';
import type { DatabaseConfig, SearchConfig, StorageConfig } from './choices.ts';
import type { Variable } from './variable.ts';
import { v } from './variables.ts';

/** Choices that take several variables together: a half-given one is a mistake, never silently the embedded part. */

interface Given {
  readonly values: ReadonlyMap<string, string>;
  take<T>(variable: Variable<T>): T;
  refuse(variable: Variable<unknown>, expected: string): void;
}

const S3_ONLY = [
  v.s3Endpoint,
  v.s3Region,
  v.s3AccessKeyId,
  v.s3SecretAccessKey,
  v.s3ForcePathStyle,
  v.s3PublicEndpoint,
  v.s3TimeoutMs,
] as const;

/** PostgreSQL of others when it has an address, else the embedded one; the limits hold for both. */
export function databaseOf({ take, dataDir }: Pick<Given, 'take'> & { dataDir: string }): DatabaseConfig {
  const url = take(v.databaseUrl);
  const common = {
    poolSize: take(v.databasePoolSize),
    limits: {
      statementTimeout: take(v.databaseStatementTimeoutMs),
      lockTimeout: take(v.databaseLockTimeoutMs),
      idleInTransactionTimeout: take(v.databaseIdleTimeoutMs),
    },
  };
  return url === null ? { kind: 'embedded', dataDir: join(dataDir, 'postgres'), ...common } : { kind: 'external', url, ...common };
}

/** S3 when a bucket is named, else the local disk. */
export function storageOf({ values, take, refuse, dataDir }: Given & { dataDir: string }): StorageConfig {
  const has = (variable: Variable<unknown>) => values.has(variable.name);
  const bucket = take(v.s3Bucket);
  if (bucket === null) {
    const given = S3_ONLY.find(has);
    if (given !== undefined && !has(v.s3Bucket)) refuse(v.s3Bucket, `the name of a bucket, because ${given.name} is set`);
    return { kind: 'disk', dir: join(dataDir, 'objects') };
  }
  const accessKeyId = take(v.s3AccessKeyId);
  const secretAccessKey = take(v.s3SecretAccessKey);
  const publicEndpoint = take(v.s3PublicEndpoint);
  if (accessKeyId !== null && secretAccessKey === null) refuse(v.s3SecretAccessKey, 'the secret that belongs to S3_ACCESS_KEY_ID');
  if (accessKeyId === null && secretAccessKey !== null) refuse(v.s3AccessKeyId, 'the key that belongs to S3_SECRET_ACCESS_KEY');
  return {
    kind: 's3',
    endpoint: take(v.s3Endpoint),
    region: take(v.s3Region),
    bucket,
    credentials: accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey },
    forcePathStyle: take(v.s3ForcePathStyle),
    publicEndpoint: publicEndpoint === 'off' ? false : publicEndpoint,
    timeoutMs: take(v.s3TimeoutMs),
    cache: { dir: join(dataDir, 'cache', 'objects'), bytes: take(v.storageCacheBytes) },
  };
}

/** Meilisearch when it has an address, else PostgreSQL. */
export function searchOf({ values, take, refuse }: Given): SearchConfig {
  const url = take(v.meiliUrl);
  if (url !== null) return { kind: 'meilisearch', url, masterKey: take(v.meiliMasterKey), fallback: take(v.searchFallback) };
  for (const variable of [v.meiliMasterKey, v.searchFallback])
    if (values.has(variable.name) && !values.has(v.meiliUrl.name)) refuse(v.meiliUrl, `an address, because ${variable.name} is set`);
  return { kind: 'postgres' };
}
