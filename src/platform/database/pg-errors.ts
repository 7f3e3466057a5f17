import { unavailable } from '../../errors.ts';

/**
 * What an error from `pg` or TypeORM means. TypeORM copies the driver's members onto its own error,
 * so both forms are read the same way.
 */

interface PgFields {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly message?: unknown;
  readonly driverError?: unknown;
}

function fields(error: unknown): PgFields {
  if (typeof error !== 'object' || error === null) return {};
  const outer: PgFields = error;
  const inner = outer.driverError;
  return outer.code === undefined && typeof inner === 'object' && inner !== null ? inner : outer;
}

/** SQLSTATE (or the socket's error code), or undefined. */
export function pgCode(error: unknown): string | undefined {
  const code = fields(error).code;
  return typeof code === 'string' ? code : undefined;
}

/** A unique index or primary key was hit; with `constraint`, that one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return pgCode(error) === '23505' && (constraint === undefined || fields(error).constraint === constraint);
}

const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout, too_many_connections. */
const SERVER_CODES = new Set(['57P01', '57P02', '57P03', '57P05', '53300']);
/** `pg` gives these without a code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Driver not Connected)/;

/** The server cannot be reached, is starting or stopping, or dropped the connection. */
export function isConnectionError(error: unknown): boolean {
  const { message } = fields(error);
  const code = pgCode(error);
  if (code !== undefined) return SOCKET_CODES.has(code) || SERVER_CODES.has(code) || code.startsWith('08');
  return typeof message === 'string' && MESSAGES.test(message);
}

/** A value PostgreSQL cannot take: class 22 (data exception), or too large for an index (54000). */
export function isDataError(error: unknown): boolean {
  const code = pgCode(error);
  return code !== undefined && /^(22|54000)/.test(code) && code.length === 5;
}

/** query_canceled (statement_timeout), lock_not_available (lock_timeout), deadlock_detected, serialization_failure: later it may work. */
const BUSY_CODES = new Set(['57014', '55P03', '40P01', '40001']);

/** A connection error, and a statement that took too long or stood in another's way, as 503 `unavailable`; anything else unchanged. */
export function mapDatabaseError(error: unknown): unknown {
  if (BUSY_CODES.has(pgCode(error) ?? ''))
    return unavailable({
      detail: 'The database was too busy for this. Nothing was changed; try again.',
      cause: error,
      headers: { 'Retry-After': '2' },
    });
  if (!isConnectionError(error)) return error;
  return unavailable({
    detail: 'The database cannot be reached just now. Nothing was changed; try again.',
    cause: error,
    headers: { 'Retry-After': '5' },
  });
}
