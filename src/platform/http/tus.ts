import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { DataStore, Server, Upload } from '@tus/server';
import type { Ctx } from '../../context.ts';
import { invalidRequest, payloadTooLarge } from '../../errors.ts';
import { checksumMismatch, tusProblem, tusStatus } from './tus-problem.ts';

/**
 * tus 1.0 (creation, creation-with-upload, termination, expiration, checksum) over our own uploads. The protocol is
 * @tus/server's; here it is joined to whoever keeps the bytes.
 */

export interface ResumableState {
  readonly id: string;
  readonly offset: number;
  readonly size: number | null;
  readonly createdAt: Date;
  /** Set once the upload has become an asset. */
  readonly assetId: string | null;
  /** `Upload-Metadata` as it was sent at the creation. */
  readonly metadataHeader: string | null;
}

export interface NewResumable {
  readonly size: number | null;
  readonly metadata: Record<string, string>;
  /** `Upload-Metadata` as it was sent. */
  readonly metadataHeader?: string | null;
}

export interface ResumableUploads {
  create(ctx: Ctx, upload: NewResumable): Promise<ResumableState>;
  /** @throws not_found, also for the uploads of others */
  state(ctx: Ctx, id: string): Promise<ResumableState>;
  declareSize(ctx: Ctx, id: string, size: number): Promise<void>;
  /** The new offset, also when the stream broke half-way or `stop` ended it: nothing received is lost. */
  receive(ctx: Ctx, id: string, offset: number, body: Readable, stop?: AbortSignal): Promise<number>;
  /** After the last byte: resolves only when the asset is committed. Idempotent. */
  finish(ctx: Ctx, id: string): Promise<string>;
  remove(ctx: Ctx, id: string): Promise<void>;
}

export interface TusOptions {
  /** Path as clients see it, e.g. `/api/v1/uploads`. */
  readonly path: string;
  readonly maxBytes: number;
  readonly lifetimeMs: number;
  readonly allowedOrigins: readonly string[];
}

const ASSET_HEADER = 'Damson-Asset-Id';
/** Chunks with a checksum are held in memory until it is right. */
const MAX_CHECKED_CHUNK = 32 * 2 ** 20;
const ALGORITHMS = ['sha1', 'sha256', 'md5'];

interface Exchange {
  readonly ctx: Ctx;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Set when the bytes are read past @tus/server; see `detachBody`. */
  endBody: (() => void) | null;
  /** What refused the request, kept while @tus/server carries the answer about. */
  refusal: unknown;
}

const exchange = new AsyncLocalStorage<Exchange>();

function current(): Exchange {
  const found = exchange.getStore();
  if (!found) throw new Error('tus called outside a request');
  return found;
}

class Store extends DataStore {
  private readonly uploads: ResumableUploads;
  private readonly lifetimeMs: number;

  constructor(uploads: ResumableUploads, lifetimeMs: number) {
    super();
    this.uploads = uploads;
    this.lifetimeMs = lifetimeMs;
    this.extensions = ['creation', 'creation-with-upload', 'creation-defer-length', 'termination', 'expiration', 'checksum'];
  }

  override getExpiration(): number {
    return this.lifetimeMs;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { ctx, req } = current();
    const metadata: Record<string, string> = {};
    for (const [key, value] of Object.entries(upload.metadata ?? {})) metadata[key] = value ?? '';
    const sent = req.headers['upload-metadata'];
    const metadataHeader = typeof sent === 'string' ? sent : null;
    const made = await this.uploads.create(ctx, { size: upload.size ?? null, metadata, metadataHeader });
    upload.id = made.id;
    upload.creation_date = made.createdAt.toISOString();
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const { ctx, res, req } = current();
    let state = await this.uploads.state(ctx, id);
    // The final answer may have been lost: whoever asks again with every byte here gets the asset, not half a story.
    if (req.method === 'HEAD' && state.size !== null && state.offset === state.size && state.assetId === null) {
      state = { ...state, assetId: await this.uploads.finish(ctx, id) };
    }
    if (state.assetId !== null && !res.headersSent) res.setHeader(ASSET_HEADER, state.assetId);
    // "If an upload contains additional metadata, responses to HEAD requests MUST include the Upload-Metadata header and its value as
    // specified by the Client during the creation." So it is given back untouched, and not as @tus/server would write it.
    if (req.method === 'HEAD' && state.metadataHeader !== null && !res.headersSent) res.setHeader('Upload-Metadata', state.metadataHeader);
    return new Upload({ id, offset: state.offset, size: state.size ?? undefined, creation_date: state.createdAt.toISOString() });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const { ctx, req, endBody } = current();
    const given = req.headers['upload-checksum'];
    if (given !== undefined) return this.uploads.receive(ctx, id, offset, Readable.from([await checked(stream, String(given))]));
    if (endBody === null) return this.uploads.receive(ctx, id, offset, stream);
    const stop = new AbortController();
    // The stand-in ends early when another request asks for the lock, or the connection broke.
    stream.once('end', () => stop.abort()).resume();
    try {
      return await this.uploads.receive(ctx, id, offset, req, stop.signal);
    } finally {
      endBody();
    }
  }

  override declareUploadLength(id: string, size: number): Promise<void> {
    return this.uploads.declareSize(current().ctx, id, size);
  }

  override remove(id: string): Promise<void> {
    return this.uploads.remove(current().ctx, id);
  }
}

/**
 * Gives @tus/server an empty body that stays open until the result is called. It would carry each chunk through a web stream and three
 * node streams, which costs more than hashing and writing it; so it keeps the protocol, and the bytes come from the request itself.
 */
function detachBody(request: Request): () => void {
  let close = (): void => undefined;
  const body = new ReadableStream({
    start: (controller) => {
      close = () => controller.close();
    },
    cancel: () => {
      close = () => undefined;
    },
  });
  Object.defineProperty(request, 'body', { value: body });
  return () => {
    const once = close;
    close = () => undefined;
    once();
  };
}

/** "If the checksum does not match, the Server MUST respond with 460 and MUST NOT store the chunk" (tus, Checksum). */
async function checked(stream: Readable, header: string): Promise<Buffer> {
  const [algorithm = '', expected = ''] = header.split(' ');
  if (!ALGORITHMS.includes(algorithm)) throw invalidRequest(`Checksum algorithm must be one of ${ALGORITHMS.join(', ')}.`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_CHECKED_CHUNK)
      throw payloadTooLarge({
        detail: `A chunk with a checksum may have ${MAX_CHECKED_CHUNK} bytes.`,
        extra: { limit: MAX_CHECKED_CHUNK },
      });
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (createHash(algorithm).update(body).digest('base64') !== expected) throw checksumMismatch('The chunk was not kept; send it again.');
  return body;
}

/** Whatever it refuses, also before any handler of ours is asked, is answered as everywhere else (RFC 9457). */
class ProblemServer extends Server {
  override write(...[context, headers, status, body]: Parameters<Server['write']>): ReturnType<Server['write']> {
    if (status < 400) return super.write(context, headers, status, body);
    const { ctx, refusal } = current();
    const answer = tusProblem(refusal, { status, text: body ?? '', requestId: ctx.requestId });
    for (const [name, value] of Object.entries(answer.headers)) headers.set(name, value);
    return super.write(context, headers, status, answer.body);
  }
}

/** Handles one tus request for an actor already known. */
export function createTus(
  uploads: ResumableUploads,
  options: TusOptions,
  onError: (error: unknown) => void,
): (ctx: Ctx, req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const server = new ProblemServer({
    path: options.path,
    datastore: new Store(uploads, options.lifetimeMs),
    maxSize: options.maxBytes,
    relativeLocation: true,
    allowedOrigins: [...options.allowedOrigins],
    exposedHeaders: [ASSET_HEADER, 'Retry-After', 'X-Request-Id'],
    // Looks like a UUID or does not exist: names from the address never reach storage.
    getFileIdFromRequest: (_request, last) => (last !== undefined && /^[0-9a-f-]{36}$/.test(last) ? last : undefined),
    onIncomingRequest: async (request) => {
      const now = current();
      if (now.req.method !== 'PATCH' && now.req.method !== 'POST') return;
      if (now.req.headers['upload-checksum'] === undefined) now.endBody = detachBody(request);
    },
    onUploadFinish: async (_request, upload) => {
      const assetId = await uploads.finish(current().ctx, upload.id);
      return { headers: { [ASSET_HEADER]: assetId } };
    },
    onResponseError: (_request, error) => {
      current().refusal = error;
      const status = tusStatus(error);
      if (status >= 500) onError(error);
      return { status_code: status, body: '' };
    },
  });
  return async (ctx, req, res) => {
    if (req.method === 'OPTIONS') res.setHeader('Tus-Checksum-Algorithm', ALGORITHMS.join(','));
    await exchange.run({ ctx, req, res, endBody: null, refusal: null }, () => server.handle(req, res));
  };
}
