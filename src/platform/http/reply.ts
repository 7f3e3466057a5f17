import type { Request, Response } from 'express';
import type { AnyRoute, Reply } from './route.ts';

/** Sends what a handler returned; a handler that has answered by itself returns nothing. */
export function sendReply(route: AnyRoute, reply: Reply | undefined, req: Request, res: Response): void {
  if (reply === undefined && (res.headersSent || answersItself(route))) return;
  const body = reply?.body;
  res.status(reply?.status ?? defaultStatus(route));
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-store');
  const version = rowVersion(body);
  if (version !== null) res.setHeader('ETag', `"${version}"`);
  for (const [name, value] of Object.entries(reply?.headers ?? {})) res.setHeader(name, value);
  if (body === undefined) {
    res.end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Content-Length', bytes.length);
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

/**
 * Compares an answer with the route's declaration.
 * @throws Error naming the route and what differs
 */
export function checkReply(route: AnyRoute, reply: Reply | undefined, res: Response): void {
  if (reply === undefined && (res.headersSent || answersItself(route))) return;
  const status = reply?.status ?? defaultStatus(route);
  const schema = route.responses[status];
  if (schema === undefined) throw new Error(`${route.id} answered ${status}, which it does not declare`);
  if (schema === null || schema === 'binary' || schema === 'stream') {
    if (reply?.body !== undefined && schema === null) throw new Error(`${route.id} ${status} declares no body, but sent one`);
    return;
  }
  const sent: unknown = reply?.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body));
  const result = schema.safeParse(sent);
  if (result.success) return;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Error(`${route.id} ${status} does not fit its declaration: ${issues}`);
}

function answersItself(route: AnyRoute): boolean {
  return Object.values(route.responses).some((schema) => schema === 'binary' || schema === 'stream');
}

/** The first success the route declares. */
function defaultStatus(route: AnyRoute): number {
  const declared = Object.keys(route.responses).map(Number);
  return declared.find((status) => status >= 200 && status < 300) ?? 200;
}

function rowVersion(body: unknown): number | null {
  const found = typeof body === 'object' && body !== null && 'rowVersion' in body ? body.rowVersion : null;
  return typeof found === 'number' ? found : null;
}
