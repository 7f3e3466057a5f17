/**
 * Errors by code. A `DamsonError` is something a caller may be told; anything else becomes a 500
 * that says nothing of the inside (`platform/http/problem.ts`).
 */

export interface ErrorKind {
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

export interface ErrorOptions {
  /** What happened, what was kept and what to do; shown to people. */
  detail?: string;
  /** More members of the problem document, e.g. `{ limit, given, allowed }`. */
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
}

export class DamsonError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly extra: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(kind: ErrorKind, options: ErrorOptions = {}) {
    super(options.detail ?? kind.title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DamsonError';
    this.code = kind.code;
    this.status = kind.status;
    this.title = kind.title;
    this.detail = options.detail;
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }
}

/** What Damson was given to work on will not do. The message is for whoever runs it: it says all, and needs no stack. */
export class StartError extends Error {
  override name = 'StartError';

  /** @param problems sentences, a line each below `what` */
  constructor(what: string, problems: readonly string[] = []) {
    super([problems.length === 0 ? what : `${what}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

const registry = new Map<string, ErrorKind>();

/** Declares an error code once; returns the function that makes such an error. Codes are `snake_case`. */
export function defineError(code: string, status: number, title: string) {
  if (registry.has(code)) throw new Error(`error code declared twice: ${code}`);
  const kind: ErrorKind = { code, status, title };
  registry.set(code, kind);
  const make = (options?: ErrorOptions | string): DamsonError =>
    new DamsonError(kind, typeof options === 'string' ? { detail: options } : options);
  return Object.assign(make, { kind });
}

/** Every declared error, for the generated list in the docs. */
export function errorKinds(): ErrorKind[] {
  return [...registry.values()].sort((a, b) => a.code.localeCompare(b.code));
}

export function isError(error: unknown, code: string): error is DamsonError {
  return error instanceof DamsonError && error.code === code;
}

export const invalidRequest = defineError('invalid_request', 400, 'The request is not valid');
export const unauthorized = defineError('unauthorized', 401, 'Sign in or send an API key');
/** Missing and forbidden look the same (decisions 3). */
export const notFound = defineError('not_found', 404, 'Not found');
export const methodNotAllowed = defineError('method_not_allowed', 405, 'Method not allowed');
export const idempotencyMismatch = defineError('idempotency_mismatch', 422, 'This Idempotency-Key was used for another body');
export const conflict = defineError('conflict', 409, 'Conflict');
export const preconditionFailed = defineError('precondition_failed', 412, 'The object has changed since it was read');
export const payloadTooLarge = defineError('payload_too_large', 413, 'Too large');
export const unprocessable = defineError('unprocessable', 422, 'Understood, but cannot be done');
export const preconditionRequired = defineError('precondition_required', 428, 'If-Match is required');
export const tooManyRequests = defineError('too_many_requests', 429, 'Too many requests');
export const unavailable = defineError('unavailable', 503, 'Temporarily unavailable');
export const storageFull = defineError('storage_full', 507, 'No space left to store this');
