import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from 'better-auth/node';
import { requestIdOf } from '../../../platform/http/request-id.ts';
import type { ActorsService } from './actors.service.ts';
import { ADDRESS_HEADER, type Auth, isOpen, REQUEST_ID_HEADER } from './identity.better-auth.ts';
import type { SignInService } from './sign-in.service.ts';

export type NodeHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

const MAX_BODY_BYTES = 64 * 1024;

export interface HandlerDeps {
  readonly auth: Auth;
  readonly actors: ActorsService;
  readonly signIn: SignInService;
}

/** Sign-in and sign-out for browsers, at `/api/auth/…`; mounted before body parsers. Errors are problem documents. */
export function authHandler(deps: HandlerDeps): NodeHandler {
  return async (req, res) => {
    const path = pathOf(req);
    const method = req.method ?? '';
    if (!isOpen(method, path)) return sendProblem(res, 404, 'not_found', 'Not found');
    const length = Number(req.headers['content-length'] ?? (req.headers['transfer-encoding'] === undefined ? 0 : Number.NaN));
    if (!(length <= MAX_BODY_BYTES)) return sendProblem(res, 413, 'payload_too_large', 'Too large');
    stamp(req);
    const leaving = path.endsWith('/sign-out') ? await deps.actors.session(req.headers) : null;
    await toNodeHandler(async (request: Request) => {
      const answer = await deps.auth.auth.handler(request);
      // Before the answer: whoever reads it must find the session gone everywhere in this process.
      if (leaving && answer.ok) await deps.signIn.signedOut(leaving.userId, requestIdOf(req));
      return asProblem(answer);
    })(req, res);
  };
}

/** `GET /sign-in/link?token=`: the one-time link from the console, an invitation, or the command line. */
export function signInLinkHandler(deps: HandlerDeps): NodeHandler {
  return async (req, res) => {
    stamp(req);
    res.setHeader('cache-control', 'no-store');
    res.setHeader('referrer-policy', 'no-referrer');
    // Anything but a GET, above all a HEAD by something that looks ahead, must not use the link up.
    if (req.method !== 'GET') return sendProblem(res, 405, 'method_not_allowed', 'Method not allowed');
    const token = new URL(req.url ?? '/', 'http://local').searchParams.get('token') ?? '';
    const answer = await deps.auth.auth.api.magicLinkVerify({ query: { token }, headers: webHeaders(req), asResponse: true });
    if (answer.status === 200) res.setHeader('set-cookie', answer.headers.getSetCookie());
    res.writeHead(303, { location: answer.status === 200 ? '/' : '/sign-in?error=link' }).end();
  };
}

/** What hooks need to know of the request, in headers that a client cannot set. */
function stamp(req: IncomingMessage): void {
  req.headers[REQUEST_ID_HEADER] = requestIdOf(req);
  req.headers[ADDRESS_HEADER] = addressOf(req);
}

/** Express' `req.ip`, which honours the configured proxies, else the socket's address. */
export function addressOf(req: IncomingMessage & { ip?: string | undefined }): string {
  return req.ip ?? req.socket.remoteAddress ?? '';
}

function webHeaders(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) if (typeof value === 'string') headers.set(name, value);
  return headers;
}

function pathOf(req: IncomingMessage & { originalUrl?: string }): string {
  return new URL(req.originalUrl ?? req.url ?? '/', 'http://local').pathname;
}

/** better-auth's `{code, message}` in the form that all our errors have. */
async function asProblem(response: Response): Promise<Response> {
  if (response.status < 400) return response;
  const body: unknown = await response.json().catch(() => null);
  const { code, message } = readError(body, response.status);
  const headers = new Headers(response.headers);
  headers.set('content-type', 'application/problem+json');
  headers.delete('content-length');
  return new Response(JSON.stringify({ type: `urn:damson:error:${code}`, title: message, status: response.status, code }), {
    status: response.status,
    headers,
  });
}

function readError(body: unknown, status: number): { code: string; message: string } {
  // Of our own failures nothing of the inside is told.
  if (status >= 500 || typeof body !== 'object' || body === null)
    return { code: status >= 500 ? 'internal_error' : 'invalid_request', message: 'The sign-in could not be done' };
  const code = 'code' in body && typeof body.code === 'string' ? body.code.toLowerCase() : 'invalid_request';
  const message = 'message' in body && typeof body.message === 'string' ? body.message : 'The sign-in could not be done';
  return { code: code === 'validation_error' ? 'invalid_request' : code, message };
}

function sendProblem(res: ServerResponse, status: number, code: string, title: string): void {
  res.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store', connection: 'close' });
  res.end(JSON.stringify({ type: `urn:damson:error:${code}`, title, status, code }));
}
