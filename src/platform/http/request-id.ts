import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

/** What is known about a request beside its bytes. Kept apart from Express, so that raw handlers can ask too. */

const ids = new WeakMap<IncomingMessage, string>();
const routes = new WeakMap<ServerResponse, string>();
const SANE = /^[A-Za-z0-9._-]{8,64}$/;

/** The id of a request: the sender's `X-Request-Id` when it is sane, else one of our own; always the same for one request. */
export function requestIdOf(req: IncomingMessage): string {
  const known = ids.get(req);
  if (known !== undefined) return known;
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && SANE.test(given) ? given : randomUUID();
  ids.set(req, id);
  return id;
}

/** Sends the id back with every answer. */
export function requestIds(): RequestHandler {
  return (req, res, next) => {
    res.setHeader('X-Request-Id', requestIdOf(req));
    next();
  };
}

/** Says which operation answers, for metrics: ids are few, addresses are not. */
export function noteRoute(res: ServerResponse, id: string): void {
  routes.set(res, id);
}

/** The operation's id, or `none`. */
export function routeOf(res: ServerResponse): string {
  return routes.get(res) ?? 'none';
}
