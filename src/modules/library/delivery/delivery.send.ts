import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Ctx } from '../../../context.ts';
import { PreparedHead } from '../../../platform/http/prepared.ts';
import { contentDisposition, notModified, safeHeaders, sendStored } from '../../../platform/http/send.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import { etagOf, type Hints, type Planned, type Recipe } from '../renditions/index.ts';
import { visible } from './delivery.answers.ts';
import type { CachedBytes } from './delivery.bytes.ts';
import type { Grant } from './delivery.gate.ts';
import { cacheControl, type Decided, fileName, surrogateControl, varyOf } from './delivery.headers.ts';
import type { HotAnswer } from './delivery.hot.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { Derivative, Maker } from './delivery.maker.ts';
import { tagHeaders } from './delivery.tags.ts';
import type { DeliveryUrl } from './delivery.url.ts';

/** Successful answers of delivery. */

export interface Reply {
  readonly ctx: Ctx;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly asset: DeliveryAsset;
  /** What is laid on it. */
  readonly layers: readonly DeliveryAsset[];
  readonly url: DeliveryUrl;
  readonly recipe: Recipe;
  readonly grant: Grant;
  readonly hints: Hints;
  /** The default image is answered in place of what was asked for. */
  readonly standsIn: boolean;
  /** The address means these bytes and no others for ever: a version of the file, and nothing beside it that could change. */
  readonly pinned: boolean;
  /** A CDN is told of every change: it may keep what browsers may not. */
  readonly purged: boolean;
  /** ms; what was decided about the files is not trusted longer. */
  readonly freshUntil: number;
  /** Decides anew, when making it took longer than that; null = it was decided anew already. */
  readonly again: ((made: Made) => Promise<void>) | null;
  /** Whether `Save-Data` is heeded. */
  readonly saveData: boolean;
}

/** Bytes that are there, whoever may have them. */
export interface Made {
  readonly key: Key;
  readonly bytes: CachedBytes;
  /** Others wait for this answer: to be called before anything is sent that takes as long as its client likes. */
  readonly free: () => void;
}

/** Anybody's page may embed and read these bytes; no credentials play a part. */
const OPEN = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ik-error, Damson-Ignored, Damson-Focus, Content-DPR' };

export function sendOptions(res: ServerResponse): void {
  res.writeHead(204, {
    Allow: 'GET, HEAD, OPTIONS',
    ...OPEN,
    'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
    'Access-Control-Allow-Headers': 'Range, If-None-Match',
    'Access-Control-Max-Age': '86400',
  });
  res.end();
}

/** Ingest is still at work on it. */
export function sendPreparing(res: ServerResponse): void {
  res.writeHead(202, { 'Retry-After': '2', 'Content-Length': '0', 'Cache-Control': 'no-store', ...OPEN });
  res.end();
}

const outdated = ({ ctx, freshUntil }: Reply): boolean => ctx.clock.now().getTime() > freshUntil;

/** Nobody tells a CDN twice: what it is given after a change must not stay there for long. */
const cacheFacts = (reply: Reply) => ({
  pinned: reply.pinned && !outdated(reply),
  private: reply.grant.private,
  until: reply.grant.until,
});

const caching = (reply: Reply): string => cacheControl(cacheFacts(reply), reply.ctx.clock.now().getTime());

/** What caches go by, at this moment. */
function forCaches(reply: Reply): Record<string, string> {
  const control = reply.purged ? surrogateControl(cacheFacts(reply), reply.ctx.clock.now().getTime()) : null;
  return { 'Cache-Control': caching(reply), ...(control === null ? {} : { 'Surrogate-Control': control }) };
}

/** How many of the delivered px make one of the page's, when the width came from the page (client hints). */
function contentDpr(hints: Hints, width: number): Record<string, string> {
  if (hints.width === null) return {};
  const ratio = width / (hints.width / (hints.dpr ?? 1));
  return { 'Content-DPR': String(Math.round(ratio * 1000) / 1000) };
}

/** What a wish for faces was answered with: there is no detector (ADR 0307). */
function focusOf(recipe: Recipe, { plan }: Planned): Record<string, string> {
  if (!recipe.face) return {};
  const has = (op: string) => JSON.stringify(plan.ops).includes(`"op":"${op}"`);
  if (has('attention') || has('late')) return { 'Damson-Focus': 'attention' };
  return has('extract') ? { 'Damson-Focus': 'center' } : {};
}

function extras(reply: Reply, decided: Decided): Record<string, string> {
  const { recipe, res, standsIn } = reply;
  const vary = varyOf(decided, recipe.hints);
  // The hints have to be asked for once per origin.
  if (recipe.hints.length > 0) res.setHeader('Accept-CH', 'Sec-CH-Width, Sec-CH-DPR');
  return {
    ...OPEN,
    ...tagHeaders(reply.asset, reply.layers),
    ...(vary === null ? {} : { Vary: vary }),
    ...(standsIn ? { 'Damson-Default': '1' } : {}),
    ...(recipe.ignored.length === 0 ? {} : { 'Damson-Ignored': visible(recipe.ignored.join(', ')) }),
  };
}

/** Stored bytes, with ranges. The asset must have been released for that. */
export async function sendOriginal(reply: Reply, storage: Storage): Promise<void> {
  const { req, res, asset, url } = reply;
  const key = keys.original(asset.workspaceId, asset.blobId);
  const extension = /\.([^.]*)$/.exec(asset.name)?.[1] ?? 'bin';
  await sendStored(req, res, {
    open: (range) => storage.read(key, range),
    bytes: asset.bytes,
    mime: asset.mime,
    etag: etagOf(key).slice(1, -1),
    caching: () => forCaches(reply),
    filename: url.attachmentName === null ? asset.name : fileName(asset.name, extension, url.attachmentName),
    ...(url.attachment ? { disposition: 'attachment' } : {}),
    embed: 'cross-origin',
    headers: extras(reply, { accept: false, saveData: false }),
  });
}

type Shareable = Omit<HotAnswer, 'freshUntil'>;

/** For an answer that others may have as well; never for that to a range. */
export interface Shared {
  /** It is being made. `free` is to be called at its end, kept or not. */
  expect(decided: Decided): { keep(answer: Shareable): void; free(): void };
}

/** A derivative: 304 before any storage, else its bytes, made now when need be. `shared` is null for an answer to this request alone. */
export async function sendDerivative(
  reply: Reply,
  derivative: Derivative,
  planned: Planned,
  maker: Pick<Maker, 'get'>,
  shared: Shared | null,
): Promise<void> {
  const { ctx, req, res, recipe } = reply;
  const etag = etagOf(derivative.key);
  const decided = { accept: recipe.negotiated, saveData: reply.saveData && planned.thrifty };
  const common = () => ({
    ETag: etag,
    ...forCaches(reply),
    ...safeHeaders('cross-origin'),
    ...extras(reply, decided),
    ...focusOf(recipe, planned),
    ...(planned.exact ? contentDpr(reply.hints, planned.width) : {}),
  });
  if (notModified(req, etag)) {
    res.writeHead(304, common());
    res.end();
    return;
  }
  const { keep, free } = shared?.expect(decided) ?? { keep: () => undefined, free: () => undefined };
  try {
    const bytes = await maker.get(ctx, derivative);
    if (reply.again && outdated(reply)) return await reply.again({ key: derivative.key, bytes, free });
    // Nobody waits for somebody else's client: the answer to a range, which takes as long as that one likes, is never shared.
    await sendBytes(reply, derivative, planned, common(), bytes, keep);
  } finally {
    free();
  }
}

function sendBytes(
  reply: Reply,
  derivative: Derivative,
  planned: Planned,
  common: Record<string, string>,
  bytes: CachedBytes,
  keep: (answer: Shareable) => void,
): Promise<void> | void {
  const { req, res, asset, url } = reply;
  const filename = fileName(asset.name, derivative.extension, url.attachmentName);
  const disposition = url.attachment ? 'attachment' : 'inline';
  if (req.headers.range !== undefined && req.method === 'GET') return sendRange(reply, bytes, filename, common);
  const headers = {
    'Content-Type': derivative.mime,
    'Content-Length': String(bytes.data.length),
    'Accept-Ranges': 'bytes',
    'Content-Disposition': contentDisposition(derivative.mime, filename, disposition),
    ...common,
  };
  const prepared = (status: number, fields: Record<string, string>) => new PreparedHead(status, Object.entries(fields).flat());
  const etag = etagOf(derivative.key);
  keep({ assetId: asset.assetId, bytes, head: prepared(200, headers), etag, notModified: prepared(304, common) });
  res.writeHead(200, headers);
  res.end(req.method === 'HEAD' ? undefined : bytes.data);
}

function sendRange(reply: Reply, bytes: CachedBytes, filename: string, headers: Record<string, string>): Promise<void> {
  const { req, res, url } = reply;
  const { ETag: etag = '', ...others } = headers;
  return sendStored(req, res, {
    open: async (range) => ({ stream: Readable.from([range ? bytes.data.subarray(range.start, range.end + 1) : bytes.data]) }),
    bytes: bytes.data.length,
    mime: bytes.mime,
    etag: etag.slice(1, -1),
    filename,
    disposition: url.attachment ? 'attachment' : 'inline',
    embed: 'cross-origin',
    headers: others,
  });
}
