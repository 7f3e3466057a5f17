import type { Secret } from './secret.ts';

/** Which engine each part runs on, and what that engine is told. */

export type DatabaseConfig = ({ kind: 'embedded'; dataDir: string } | { kind: 'external'; url: Secret }) & {
  poolSize: number;
  limits: DatabaseLimits;
};
/** What each session tells the server, ms; 0 = none. Migrations have limits of their own. */
export interface DatabaseLimits {
  /** Longest statement. */
  statementTimeout: number;
  /** Longest wait for one lock. */
  lockTimeout: number;
  /** Longest time a transaction may wait for our own code. */
  idleInTransactionTimeout: number;
}
export type StorageConfig =
  | { kind: 'disk'; dir: string }
  | {
      kind: 's3';
      /** Null = AWS, found by the region. */
      endpoint: string | null;
      region: string;
      bucket: string;
      /** Null = what the machine itself is allowed (the SDK's own chain: instance role, profile, …). */
      credentials: { accessKeyId: string; secretAccessKey: Secret } | null;
      forcePathStyle: boolean;
      /** Where clients reach the store; false = they do not, null = at `endpoint` when that is AWS or https. */
      publicEndpoint: string | false | null;
      /** Longest wait for the store to begin an answer, ms. */
      timeoutMs: number;
      /** Local copies of derivatives and small originals, so that warm delivery does not ask the store; 0 = none. */
      cache: { dir: string; bytes: number };
    };
export type QueueConfig = { kind: 'postgres' } | { kind: 'redis'; url: Secret };
export type SearchConfig =
  | { kind: 'postgres' }
  /** `fallback`: what search does while Meilisearch is away: search PostgreSQL instead, or answer 503. */
  | { kind: 'meilisearch'; url: string; masterKey: Secret | null; fallback: 'postgres' | 'none' };
