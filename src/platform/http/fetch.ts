import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { type Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, request } from 'undici';
import { DamsonError, defineError } from '../../errors.ts';
import { isPublicAddress } from './address.ts';

/**
 * The one client for addresses that people give us. Only public addresses are called: literals are checked before
 * anything happens, names when they are resolved, every hop again. What the network answered is never told apart
 * in errors, so that nobody can look around our network with them.
 */

export const outboundRefused = defineError('outbound_refused', 422, 'This address is not fetched');
export const outboundFailed = defineError('outbound_failed', 502, 'The address could not be fetched');
export const outboundTooLarge = defineError('outbound_too_large', 422, 'What the address answers is too large');

export interface OutboundRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Cap on decoded bytes, default 64 MiB. */
  readonly maxBytes?: number;
  /** For everything from connecting to the last byte, default 30 s. */
  readonly timeoutMs?: number;
  /** Default 3; 0 returns the redirect itself. */
  readonly maxRedirects?: number;
  /** Default 80 and 443. */
  readonly ports?: readonly number[] | 'any';
  readonly httpsOnly?: boolean;
  readonly signal?: AbortSignal;
}

export interface OutboundResponse {
  readonly status: number;
  /** Lower-case names; repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects. */
  readonly url: string;
  /** Decoded and capped; read it or destroy it. */
  readonly body: Readable;
  bytes(): Promise<Buffer>;
}

export interface Outbound {
  /** @throws outbound_refused (by the address' text alone), outbound_failed, outbound_too_large (also while reading the body) */
  fetch(url: string, options?: OutboundRequest): Promise<OutboundResponse>;
  close(): Promise<void>;
}

export interface OutboundOptions {
  /** Call private addresses too: for tests, and for addresses that the operator has configured. */
  readonly allowPrivate?: boolean;
  /** Resolves names; tests give their own. */
  readonly lookup?: LookupFunction;
}

const MAX_BYTES = 64 * 2 ** 20;
const TIMEOUT_MS = 30_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Never sent on to another origin. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

export function createOutbound(options: OutboundOptions = {}): Outbound {
  const allowed = options.allowPrivate === true ? () => true : isPublicAddress;
  // An Agent of our own also means: no proxy from the environment.
  const agent = new Agent({ connect: { lookup: guardLookup(options.lookup ?? systemLookup, allowed), timeout: 10_000 }, connections: 16 });
  return { fetch: (url, given = {}) => follow(agent, allowed, url, given), close: () => agent.destroy() };
}

async function follow(
  agent: Agent,
  allowed: (address: string) => boolean,
  first: string,
  given: OutboundRequest,
): Promise<OutboundResponse> {
  const deadline = AbortSignal.timeout(given.timeoutMs ?? TIMEOUT_MS);
  const signal = given.signal === undefined ? deadline : AbortSignal.any([deadline, given.signal]);
  let url = checkUrl(first, given, allowed);
  let { method = 'GET', body } = given;
  let headers: Record<string, string> = { 'user-agent': 'Damson', ...lowerCase(given.headers ?? {}), 'accept-encoding': 'identity' };
  for (let hop = 0; ; hop++) {
    const answer = await call(agent, url, { method, headers, body, signal });
    const location = answer.headers['location'];
    if (!REDIRECTS.has(answer.status) || location === undefined || given.maxRedirects === 0)
      return finish(answer, url, given.maxBytes ?? MAX_BYTES);
    answer.raw.on('error', () => undefined).destroy(); // undici reports the abort that was asked for
    if (hop >= (given.maxRedirects ?? 3)) throw failed(new Error('too many redirects'));
    const next = redirectTarget(location, url, given, allowed);
    if (next.origin !== url.origin) headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name)));
    if (method === 'POST' && answer.status < 307) [method, body] = ['GET', undefined];
    url = next;
  }
}

/** What the address' own text forbids. */
function checkUrl(text: string, given: OutboundRequest, allowed: (address: string) => boolean): URL {
  if (!URL.canParse(text)) throw outboundRefused('It is not an absolute address.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || given.httpsOnly === true))
    throw outboundRefused(given.httpsOnly === true ? 'Only https is called.' : 'Only http and https are called.');
  if (url.username !== '' || url.password !== '') throw outboundRefused('It must not hold a user or password.');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const ports = given.ports ?? [80, 443];
  if (ports !== 'any' && !ports.includes(port)) throw outboundRefused('This port is not called.');
  // After WHATWG parsing every spelling of an IPv4 address has become four decimal numbers.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !allowed(host)) throw outboundRefused('Only public addresses are called.');
  return url;
}

/** Where a redirect points was decided out there, so what is wrong with it is not told. */
function redirectTarget(location: string, from: URL, given: OutboundRequest, allowed: (address: string) => boolean): URL {
  if (!URL.canParse(location, from.href)) throw failed(new Error('bad redirect'));
  const next = new URL(location, from.href);
  if (from.protocol === 'https:' && next.protocol !== 'https:') throw failed(new Error('redirect from https to http'));
  try {
    return checkUrl(next.href, given, allowed);
  } catch (error) {
    throw failed(error);
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly raw: Readable;
}

interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
  readonly signal: AbortSignal;
}

async function call(agent: Agent, url: URL, what: Call): Promise<Answer> {
  try {
    const answer = await request(url, { dispatcher: agent, ...what, body: what.body ?? null });
    const headers = Object.entries(answer.headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]);
    return { status: answer.statusCode, headers: Object.fromEntries(headers), raw: answer.body };
  } catch (error) {
    throw failed(error);
  }
}

function finish(answer: Answer, url: URL, maxBytes: number): OutboundResponse {
  const body = capped(answer, maxBytes);
  return { status: answer.status, headers: answer.headers, url: url.href, body, bytes: () => buffer(body) };
}

/** The body decoded, ending with an error past `maxBytes`: a small compressed answer may hide a large one. */
function capped(answer: Answer, maxBytes: number): Readable {
  let total = 0;
  const cap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      if (total > maxBytes) done(outboundTooLarge({ extra: { limit: maxBytes } }));
      else done(null, chunk);
    },
  });
  cap.on('error', () => undefined); // readers see it; without one it must not end the process
  const decoder = decoderFor(answer.headers['content-encoding']);
  const stages: (Readable | Transform)[] = decoder === null ? [answer.raw] : [answer.raw, decoder];
  for (const stage of stages) {
    stage.on('error', (error) => cap.destroy(error instanceof DamsonError ? error : failed(error)));
    cap.once('close', () => stage.destroy());
  }
  if (decoder === null) answer.raw.pipe(cap);
  else answer.raw.pipe(decoder).pipe(cap);
  return cap;
}

function decoderFor(encoding: string | undefined): Transform | null {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return unreadable(`content encoding ${encoding}`);
  }
}

function unreadable(why: string): Transform {
  return new Transform({ transform: (_chunk, _encoding, done) => done(new Error(why)) });
}

/** Refuses a name when any of its addresses is special, so that the choice among them is never ours to lose. */
function guardLookup(lookup: LookupFunction, allowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const addresses = Array.isArray(found) ? found : [{ address: found, family: isIP(found) }];
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => allowed(address))) return done(new Error('not a public address'), []);
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** One text for every way a network can say no. */
function failed(cause: unknown): DamsonError {
  return outboundFailed({ detail: 'Nothing usable answered there.', cause });
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
