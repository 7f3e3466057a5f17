import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { defineError } from '../../errors.ts';

export const foreignOrigin = defineError('foreign_origin', 403, 'This came from a page of another origin');

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface OriginRule {
  /** PUBLIC_URL and CORS_ORIGINS; a function because the port may be known only after listening. */
  origins(): readonly string[];
}

/**
 * Refuses state-changing requests that a foreign page made with the visitor's cookie: by Fetch Metadata, else by
 * `Origin`. Browsers always send one of them with unsafe methods; programs send none, and carry no cookie of a visitor.
 * Requests with a Bearer credential are exempt: no browser attaches that by itself.
 */
export function refuseForeignOrigins(rule: OriginRule): RequestHandler {
  return (req, _res, next) => {
    if (!SAFE.has(req.method) && !isOwn(req, rule))
      throw foreignOrigin('Requests that change something are taken only from Damson itself or with an API key.');
    next();
  };
}

function isOwn(req: IncomingMessage, rule: OriginRule): boolean {
  const { origin, host, authorization } = req.headers;
  if (authorization !== undefined && /^bearer /i.test(authorization)) return true;
  const site = req.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return true;
  if (origin === undefined) return site === undefined;
  if (rule.origins().includes(origin)) return true;
  // Older browsers and plain http in a local network send no Sec-Fetch-Site; a page cannot forge the Host header.
  return site === undefined && URL.canParse(origin) && new URL(origin).host === host;
}
