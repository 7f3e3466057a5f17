import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  Agent as HttpAgent,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { GuardedBody } from './guarded-body.ts';

/**
 * HTTP for the S3 SDK, with limits on silence instead of limits on length: a store that says nothing for `timeoutMs` is cut,
 * a transfer that moves may take as long as it takes. (The SDK's own handler has either a limit on the whole request or an idle
 * limit that also counts while it is *we* who read slowly.)
 */

type Handler = Extract<NonNullable<S3ClientConfig['requestHandler']>, { handle: unknown }>;
type SdkRequest = Parameters<Handler['handle']>[0];
type SdkAnswer = Awaited<ReturnType<Handler['handle']>>;
type SdkOptions = NonNullable<Parameters<Handler['handle']>[1]>;

const MAX_SOCKETS = 256;
/** Statuses without a body. */
const BODILESS = new Set([204, 304]);

/**
 * The store said nothing for too long. Its name and message are none that the SDK takes for a reason to try again:
 * three silences would be three times the limit.
 */
export class SilentStore extends Error {
  override readonly name = 'SilentStore';
}

/** Where a request goes; the parts of an address as sockets take them. */
export interface Target {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
}

export class SilenceLimitedHttp {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #timeoutMs: number;
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  /** What the store calls itself (`Server`), and how far its clock is ahead of ours, from its last answer. */
  server: string | null = null;
  clockAheadMs: number | null = null;

  /** @param timeoutMs longest silence: until connected, until the answer begins, between two pieces of it */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** For the SDK. `options.requestTimeout` is a longer silence for this request alone. */
  async handle(request: SdkRequest, options: SdkOptions = {}): Promise<SdkAnswer> {
    const { method, headers, body } = request;
    if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) throw new TypeError('only whole bodies are sent');
    const silenceMs = options.requestTimeout ?? this.#timeoutMs;
    const message = await this.#exchange({ ...target(request), method, headers }, body, silenceMs, options.abortSignal);
    return { response: answer(method, message, silenceMs) };
  }

  /** A GET with headers as they are, signed by the caller. */
  async get(at: Target, headers: Record<string, string>): Promise<{ statusCode: number; headers: IncomingHttpHeaders; body: GuardedBody }> {
    const message = await this.#exchange({ ...at, method: 'GET', headers }, undefined, this.#timeoutMs);
    return { statusCode: message.statusCode ?? 0, headers: message.headers, body: guarded(message, this.#timeoutMs) };
  }

  updateHttpClientConfig(): void {
    // the limits are fixed
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #exchange(
    { secure, ...options }: RequestOptions & { secure: boolean },
    body: string | Uint8Array | undefined,
    silenceMs: number,
    signal?: SdkOptions['abortSignal'],
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = (secure ? httpsRequest : httpRequest)({ ...options, agent: secure ? this.#https : this.#http });
      const limit = limitSilence(sent, this.#timeoutMs, silenceMs);
      sent.on('error', (error) => {
        limit();
        reject(error);
      });
      sent.on('response', (message) => {
        limit();
        this.#note(message);
        resolve(message);
      });
      cutOnAbort(sent, signal);
      sent.end(body);
    });
  }

  #note(message: IncomingMessage): void {
    this.server = [message.headers.server].flat()[0] ?? this.server;
    const date = Date.parse(message.headers.date ?? '');
    if (!Number.isNaN(date)) this.clockAheadMs = date - Date.now();
  }
}

function target({ protocol, hostname, port, path, query }: SdkRequest): Target {
  const text = queryOf(query);
  // `[::1]` in addresses is `::1` for sockets
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return { secure: protocol === 'https:', host, port, path: text === '' ? path : `${path}?${text}` };
}

function answer(method: string, message: IncomingMessage, silenceMs: number): SdkAnswer['response'] {
  const statusCode = message.statusCode ?? 0;
  const bodiless = method === 'HEAD' || BODILESS.has(statusCode);
  // nobody reads a body that cannot be there, yet the connection is free only after its end
  const body = bodiless ? emptied(message) : guarded(message, silenceMs);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return { statusCode, reason: message.statusMessage, headers, body };
}

function guarded(message: IncomingMessage, silenceMs: number): GuardedBody {
  const length = Number(message.headers['content-length']);
  return new GuardedBody(message, silenceMs, Number.isNaN(length) ? null : length);
}

function emptied(message: IncomingMessage): Readable {
  message.resume();
  return Readable.from([]);
}

/** Destroys the request when there is no connection in time, or nothing moves on it. Returns what ends the watch. */
function limitSilence(sent: ClientRequest, connectMs: number, silenceMs: number): () => void {
  let watched: Socket | null = null;
  const cut = (what: string, ms: number) => sent.destroy(new SilentStore(`${what} for ${ms} ms`));
  const connecting = setTimeout(() => cut('no connection to the store', connectMs), connectMs);
  const silent = () => cut('the store said nothing', silenceMs);
  const connected = () => {
    clearTimeout(connecting);
    watched?.setTimeout(silenceMs);
    watched?.once('timeout', silent);
  };
  sent.once('socket', (socket) => {
    watched = socket;
    if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
    else connected();
  });
  return () => {
    clearTimeout(connecting);
    watched?.setTimeout(0);
    watched?.removeListener('timeout', silent);
  };
}

function cutOnAbort(sent: ClientRequest, signal: SdkOptions['abortSignal']): void {
  if (signal === undefined || !(signal instanceof AbortSignal)) return;
  const cut = () => sent.destroy(Object.assign(new Error('aborted by the caller'), { name: 'AbortError' }));
  if (signal.aborted) return void cut();
  signal.addEventListener('abort', cut, { once: true });
  sent.once('close', () => signal.removeEventListener('abort', cut));
}

/** As the signature counts it: RFC 3986, sorted by the signer. */
function queryOf(query: SdkRequest['query']): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries<string | string[] | null>(query ?? {})) {
    for (const item of value === null || typeof value === 'string' ? [value] : value) {
      parts.push(item === null ? escape(name) : `${escape(name)}=${escape(item)}`);
    }
  }
  return parts.join('&');
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
