import type { RequestHandler } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const ASKED = [
  'Authorization',
  'Content-Type',
  'Damson-Workspace',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Range',
  'Tus-Resumable',
  'Upload-Checksum',
  'Upload-Concat',
  'Upload-Defer-Length',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
  'X-HTTP-Method-Override',
  'X-Request-Id',
].join(', ');
const SHOWN = [
  'Content-Disposition',
  'Content-Range',
  'Damson-Asset-Id',
  'Damson-Default',
  'Damson-Ignored',
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'Retry-After',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Resumable',
  'Tus-Version',
  'Upload-Expires',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
  'X-Request-Id',
].join(', ');

/**
 * Lets pages of the listed origins call us with credentials, or - with `*`, for delivery - any page without them.
 * Answers preflights; other OPTIONS requests pass on.
 */
export function cors(origins: readonly string[] | '*'): RequestHandler {
  return (req, res, next) => {
    const { origin } = req.headers;
    if (origins === '*') res.setHeader('Access-Control-Allow-Origin', '*');
    else if (origins.length > 0) res.vary('Origin');
    const allowed = origin !== undefined && (origins === '*' || origins.includes(origin));
    if (!allowed) return next();
    if (origins !== '*') {
      res.setHeader('Access-Control-Allow-Origin', origin);
      res.setHeader('Access-Control-Allow-Credentials', 'true');
    }
    res.setHeader('Access-Control-Expose-Headers', SHOWN);
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return next();
    res.setHeader('Access-Control-Allow-Methods', METHODS);
    res.setHeader('Access-Control-Allow-Headers', ASKED);
    res.setHeader('Access-Control-Max-Age', '600');
    res.status(204).end();
  };
}
