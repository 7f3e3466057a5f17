import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { create } from 'content-disposition';
import { defineError, notFound } from '../../errors.ts';
import { parseRange } from './range.ts';

/** The one way bytes of users leave the house: ranges, conditions, and headers that keep active content harmless. */

export const rangeNotSatisfiable = defineError('range_not_satisfiable', 416, 'The range lies outside the object');

export interface Sendable {
  /** Opens the bytes; the range is inclusive and fits. `null` = gone meanwhile (404). Not called for HEAD and 304. */
  open(range?: { start: number; end: number }): Promise<{ stream: Readable } | null>;
  readonly bytes: number;
  readonly mime: string;
  /** Without quotes; must change whenever the bytes do. */
  readonly etag: string;
  readonly lastModified?: Date;
  /** `Cache-Control`; or it stands in `headers`, or in what `caching` says. */
  readonly cacheControl?: string;
  /** Headers for caches that depend on the moment: asked for when the bytes are open. */
  readonly caching?: () => Readonly<Record<string, string>>;
  readonly filename?: string;
  /** Default: inline for a short list of harmless types, else attachment. */
  readonly disposition?: 'inline' | 'attachment';
  /** Who may embed it; default `same-origin`. */
  readonly embed?: 'same-origin' | 'cross-origin';
  readonly headers?: Readonly<Record<string, string>>;
}

/** Types a browser shows without running anything; SVG, HTML and PDF are downloaded. */
const INLINE = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'image/gif',
  'video/mp4',
  'video/webm',
  'audio/mpeg',
  'audio/mp4',
  'audio/wav',
  'audio/x-wav',
  'audio/ogg',
]);
/** As imgproxy sends it: even an SVG opened by itself can run and load nothing. */
const CONTENT_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/** Headers that stand on every answer with bytes of users. */
export function safeHeaders(embed: 'same-origin' | 'cross-origin' = 'same-origin'): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': CONTENT_CSP,
    'Cross-Origin-Resource-Policy': embed,
    'Referrer-Policy': 'no-referrer',
  };
}

/** `Content-Disposition` by RFC 6266 and 8187, with an ASCII fallback. */
export function contentDisposition(mime: string, filename: string | undefined, how?: 'inline' | 'attachment'): string {
  const type = how ?? (INLINE.has(mime) ? 'inline' : 'attachment');
  // Lone surrogates, control characters and direction marks have no business in a saved name.
  const clean =
    filename &&
    Buffer.from(filename)
      .toString()
      .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '_');
  return create(clean === '' ? undefined : clean, { type });
}

/**
 * Answers GET and HEAD with a stored object: 200, 206, 304, 404 or 416.
 * @throws not_found, range_not_satisfiable before anything is sent; what breaks the source later, after cutting the connection
 */
export async function sendStored(req: IncomingMessage, res: ServerResponse, what: Sendable): Promise<void> {
  const etag = `"${what.etag}"`;
  const common = () => ({
    ETag: etag,
    ...(what.cacheControl === undefined ? {} : { 'Cache-Control': what.cacheControl }),
    ...what.caching?.(),
    ...safeHeaders(what.embed),
    ...what.headers,
  });
  const modified = what.lastModified?.toUTCString();
  if (notModified(req, etag, what.lastModified)) {
    set(res, common());
    res.statusCode = 304;
    res.end();
    return;
  }
  const wanted = req.method === 'GET' && ifRangeHolds(req, etag, modified) ? parseRange(req.headers.range, what.bytes) : 'whole';
  if (wanted === 'unsatisfiable') throw rangeNotSatisfiable({ headers: { 'Content-Range': `bytes */${what.bytes}` } });
  const range = wanted === 'whole' ? undefined : wanted;
  const length = range === undefined ? what.bytes : range.end - range.start + 1;
  const opened = req.method === 'HEAD' ? undefined : await what.open(range);
  if (opened === null) throw notFound();
  if (res.destroyed) {
    opened?.stream.destroy();
    return;
  }
  set(res, common());
  res.statusCode = range === undefined ? 200 : 206;
  res.setHeader('Content-Type', what.mime);
  res.setHeader('Content-Length', length);
  res.setHeader('Accept-Ranges', 'bytes');
  res.setHeader('Content-Disposition', contentDisposition(what.mime, what.filename, what.disposition));
  if (modified !== undefined) res.setHeader('Last-Modified', modified);
  if (range !== undefined) res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${what.bytes}`);
  if (opened === undefined) res.end();
  else await stream(opened.stream, res, length);
}

/** Sends exactly `length` bytes: a source that ends early must not look like a whole answer. */
async function stream(source: Readable, res: ServerResponse, length: number): Promise<void> {
  let sent = 0;
  source.on('data', (chunk: Buffer) => {
    sent += chunk.length;
  });
  try {
    await pipeline(source, res, { end: false });
  } catch (error) {
    if (res.destroyed && source.errored === null) return; // the client left
    if (isPrematureClose(error) && res.closed) return;
    res.destroy();
    throw error;
  }
  if (sent === length) {
    res.end();
    return;
  }
  res.destroy();
  throw new Error(`the store gave ${sent} bytes instead of ${length}`);
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function set(res: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
}

/** RFC 9110 13.1: If-None-Match (weak comparison) wins over If-Modified-Since. */
export function notModified(req: IncomingMessage, etag: string, lastModified?: Date): boolean {
  const tags = req.headers['if-none-match'];
  if (tags !== undefined) return tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  const since = req.headers['if-modified-since'];
  if (since === undefined || lastModified === undefined) return false;
  return Math.floor(lastModified.getTime() / 1000) * 1000 <= Date.parse(since);
}

/** RFC 9110 13.1.5: a strong tag or the exact date; otherwise the range is ignored. */
function ifRangeHolds(req: IncomingMessage, etag: string, modified: string | undefined): boolean {
  const given = req.headers['if-range'];
  return given === undefined || given === etag || (modified !== undefined && given === modified);
}
