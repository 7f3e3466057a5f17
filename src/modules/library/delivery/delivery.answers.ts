import type { ServerResponse } from 'node:http';

/** Refusals, in the words that clients of delivery URLs know. The same refusal is the same bytes, whatever the reason behind it. */

export type DeliveryCode =
  | 'EUNAUTHORIZED'
  | 'EPRESET'
  | 'EPARAM'
  | 'EUNSUPPORTED'
  | 'ENOENT'
  | 'EORIGINAL'
  | 'ELIMIT'
  | 'EDECODE'
  | 'EBUSY'
  | 'ERATE'
  | 'ERANGE'
  | 'EMETHOD'
  | 'EINTERNAL';

const KINDS: Record<DeliveryCode, { status: number; code: string; title: string }> = {
  EUNAUTHORIZED: { status: 401, code: 'delivery_unauthorized', title: 'The signature or token is not valid' },
  EPRESET: { status: 400, code: 'delivery_preset_required', title: 'Only named transformations are allowed here' },
  EPARAM: { status: 400, code: 'delivery_parameter', title: 'The transformation is not valid' },
  EUNSUPPORTED: { status: 400, code: 'delivery_unsupported', title: 'Not available on this server' },
  ENOENT: { status: 404, code: 'delivery_not_found', title: 'Not found' },
  EORIGINAL: { status: 403, code: 'delivery_original', title: 'The original is not released' },
  ELIMIT: { status: 422, code: 'delivery_limit', title: 'Over a limit' },
  EDECODE: { status: 422, code: 'delivery_decode', title: 'No picture can be made of this file' },
  EBUSY: { status: 503, code: 'delivery_busy', title: 'Too many pictures are being made; try again shortly' },
  ERATE: { status: 429, code: 'delivery_rate', title: 'Too many new films or stills were asked for' },
  ERANGE: { status: 416, code: 'delivery_range', title: 'The range lies outside the object' },
  EMETHOD: { status: 405, code: 'delivery_method', title: 'Only GET, HEAD and OPTIONS are answered here' },
  EINTERNAL: { status: 500, code: 'delivery_internal', title: 'Something went wrong' },
};

export class DeliveryError extends Error {
  readonly code: DeliveryCode;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: DeliveryCode, detail?: string, extra: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    super(detail ?? KINDS[code].title);
    this.name = 'DeliveryError';
    this.code = code;
    this.extra = extra;
    this.headers = headers;
  }
}

/** Header values hold visible ASCII only; what a client sent may hold anything. */
export const visible = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 300);

/** Sends a refusal as a problem document (RFC 9457). */
export function sendRefusal(res: ServerResponse, error: DeliveryError, head: boolean): void {
  const { code, title, ...usual } = KINDS[error.code];
  const status = typeof error.extra.status === 'number' ? error.extra.status : usual.status;
  const detail = error.message === title ? undefined : error.message;
  const body = Buffer.from(JSON.stringify({ type: 'about:blank', title, status, code, detail, ...error.extra }));
  res.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ik-error, Damson-Ignored',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'ik-error': visible(`${error.code} - ${error.message}`),
    ...error.headers,
  });
  res.end(head ? undefined : body);
}
