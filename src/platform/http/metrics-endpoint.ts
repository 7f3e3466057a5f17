import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { notFound } from '../../errors.ts';
import type { Metrics } from '../metrics.ts';
import { isLoopback } from './address.ts';
import { routeOf } from './request-id.ts';

/**
 * `GET /metrics` for a raw or Express server. With a token only `Authorization: Bearer <token>` sees it; without one
 * only this machine, and then nothing that came through a proxy.
 * @throws not_found for everybody else
 */
export async function answerMetrics(req: IncomingMessage, res: ServerResponse, metrics: Metrics, token: string | null): Promise<void> {
  if (!mayRead(req, token)) throw notFound();
  const text = await metrics.text();
  res.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  res.end(text);
}

function mayRead(req: IncomingMessage, token: string | null): boolean {
  if (token === null) {
    const forwarded = req.headers['x-forwarded-for'] ?? req.headers['forwarded'] ?? req.headers['x-real-ip'];
    return forwarded === undefined && isLoopback(req.socket.remoteAddress);
  }
  const given = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Counts an answer by its operation when it ends. Call it first, for every request that should count. */
export function measureRequest(metrics: Pick<Metrics, 'httpSeconds' | 'httpRunning'>, req: IncomingMessage, res: ServerResponse): void {
  const begin = performance.now();
  metrics.httpRunning.inc();
  res.once('close', () => {
    metrics.httpRunning.dec();
    const status = res.writableFinished ? `${Math.floor(res.statusCode / 100)}xx` : 'aborted';
    metrics.httpSeconds.observe({ route: routeOf(res), method: methodOf(req), status }, (performance.now() - begin) / 1000);
  });
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Senders may invent methods; labels may not grow with them. */
function methodOf(req: IncomingMessage): string {
  return METHODS.has(req.method ?? '') ? (req.method ?? '') : 'other';
}
