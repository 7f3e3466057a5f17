import type { IncomingMessage } from 'node:http';
import { invalidRequest, preconditionRequired } from '../../errors.ts';

/**
 * The row version a caller read before writing, from `If-Match: "7"` (the quotes may be missing).
 * @throws precondition_required when the header is absent, invalid_request when it is not a version
 */
export function ifMatchVersion(req: Pick<IncomingMessage, 'headers'>): number {
  const given = req.headers['if-match'];
  if (given === undefined) throw preconditionRequired('Send the rowVersion you read as If-Match: "<rowVersion>".');
  const digits = /^"?(\d{1,15})"?$/.exec(given.trim())?.[1];
  if (digits === undefined) {
    throw invalidRequest({ extra: { errors: [{ path: 'header.if-match', message: 'expected one version number, such as "7"' }] } });
  }
  return Number(digits);
}
