import { type IncomingMessage, STATUS_CODES, type ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { DamsonError, defineError, invalidRequest, notFound, payloadTooLarge, storageFull } from '../../errors.ts';
import { isDataError, mapDatabaseError } from '../database/pg-errors.ts';
import type { Log } from '../log.ts';
import { requestIdOf, routeOf } from './request-id.ts';

/** Every error as RFC 9457 `application/problem+json`: a stable `code`, and of a defect nothing but the request's id. */

const internalError = defineError('internal_error', 500, 'Something went wrong on our side');
const unsupportedMedia = defineError('unsupported_media_type', 415, 'This content type is not taken here');

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly requestId: string;
  readonly [extra: string]: unknown;
}

/** What callers are told. `error` may be anything that was thrown. */
export function toProblem(error: unknown, requestId: string): { problem: Problem; headers: Record<string, string> } {
  const known = toDamsonError(error);
  const problem = {
    ...known.extra,
    type: `urn:damson:error:${known.code}`,
    title: known.title,
    status: known.status,
    code: known.code,
    ...(known.detail === undefined ? {} : { detail: known.detail }),
    requestId,
  };
  return { problem, headers: known.headers };
}

/** The error as one that callers may be told; a defect becomes `internal_error`. */
export function toDamsonError(error: unknown): DamsonError {
  const mapped = mapDatabaseError(error);
  if (mapped instanceof DamsonError) return mapped;
  return fromMulter(mapped) ?? fromParser(mapped) ?? fromSystem(mapped) ?? fromData(mapped) ?? internalError({ cause: mapped });
}

function fromMulter(error: unknown): DamsonError | null {
  if (!(error instanceof Error)) return null;
  const code = codeOf(error);
  if (error.name === 'MulterError' && code !== null) {
    if (code === 'LIMIT_FILE_SIZE' || code === 'LIMIT_FIELD_VALUE') return payloadTooLarge({ detail: error.message });
    return invalidRequest({ detail: error.message, extra: { reason: code.toLowerCase() } });
  }
  // busboy gives its errors no code
  const busboy =
    /^(Unexpected end of (form|file)|Multipart: Boundary not found|Malformed (part header|content type)|Missing Content-Type|Unsupported content type)/;
  return busboy.test(error.message) ? invalidRequest(`The multipart body is not valid: ${error.message.split(':')[0]}.`) : null;
}

/** Errors of Express' router and body parsers say themselves whether the caller may see them. */
function fromParser(error: unknown): DamsonError | null {
  if (error instanceof URIError) return invalidRequest('The address is not valid percent-encoding.');
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  if (error.status === 413) return payloadTooLarge('The body is larger than this route takes.');
  if (error.status === 415) return unsupportedMedia();
  if ('type' in error && error.type === 'entity.parse.failed') return invalidRequest('The body is not valid JSON.');
  return error.status >= 400 && error.status < 500 ? invalidRequest('The request could not be read.') : null;
}

function fromSystem(error: unknown): DamsonError | null {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' ? storageFull({ cause: error }) : null;
}

/** A NUL or half a surrogate pair in a text, a date of the year 275760: shaped as declared, and still nothing PostgreSQL can hold. */
function fromData(error: unknown): DamsonError | null {
  return isDataError(error) ? invalidRequest({ detail: 'A value holds characters or numbers that cannot be stored.', cause: error }) : null;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Sends the problem, or cuts the connection when an answer has begun: half an answer must not look whole. */
export function sendProblem(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const { problem, headers } = toProblem(error, requestIdOf(req));
  const body = Buffer.from(JSON.stringify(problem));
  for (const name of ['ETag', 'Last-Modified', 'Content-Encoding', 'Content-Disposition', 'Content-Range', 'Accept-Ranges'])
    res.removeHeader(name);
  res.statusCode = problem.status;
  res.statusMessage = STATUS_CODES[problem.status] ?? '';
  res.setHeader('Content-Type', 'application/problem+json');
  res.setHeader('Content-Length', body.length);
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** Express' last middleware. Defects are logged with their stack, refusals only for debugging. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    logError(log, req, res, error);
    sendProblem(req, res, error);
  };
}

/** For raw handlers too: what went wrong with this request, at the level it deserves. */
export function logError(log: Log, req: IncomingMessage, res: ServerResponse, error: unknown): void {
  const known = toDamsonError(error);
  const fields = { requestId: requestIdOf(req), route: routeOf(res), method: req.method, status: known.status, code: known.code };
  const gone = req.destroyed && !res.writableFinished && known.status === 500 && /abort|premature|ECONNRESET|EPIPE/i.test(String(error));
  if (gone) log.debug(fields, 'the client left');
  else if (known.status === 500) log.error({ ...fields, err: error }, 'request failed');
  else if (known.status > 500) log.warn({ ...fields, err: known.cause ?? known }, 'request could not be served');
  else log.debug({ ...fields, detail: known.detail }, 'request refused');
}

/** For addresses nobody serves. */
export function notFoundHandler(): RequestHandler {
  return (_req, _res, next) => next(notFound());
}
