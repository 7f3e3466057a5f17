import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ctx } from '../../../context.ts';
import { sendStored } from '../../../platform/http/send.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import { etagOf, type Recipe } from '../renditions/index.ts';
import { DeliveryError, visible } from './delivery.answers.ts';
import type { Credential, Grant } from './delivery.gate.ts';
import { type CacheFacts, cacheControl, type Decided, fileName, surrogateControl, varyOf } from './delivery.headers.ts';
import type { DeliveryAsset, Endpoint } from './delivery.lookup.ts';
import { strangerOf } from './delivery.strangers.ts';
import { tagHeaders } from './delivery.tags.ts';
import type { DeliveryUrl } from './delivery.url.ts';
import { dashManifest, masterPlaylist, spriteCues } from './films.manifests.ts';
import { isPlayable } from './films.maker.ts';
import type { FilmRow } from './films.repository.ts';
import { type FilmRequest, firstPiece, pieceKey } from './films.request.ts';
import type { FilmLookup } from './films.lookup.ts';
import { sendText, STREAM_PREFIX } from './films.streams.ts';
import { keyMark, mintStreamToken, type StreamClaim, streamExpiry } from './films.token.ts';

/** Answers of delivery about films: the file, a manifest, or how far it is. */

export interface FilmReply {
  readonly ctx: Ctx;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly endpoint: Endpoint;
  readonly asset: DeliveryAsset;
  /** What is laid on it. */
  readonly laid: readonly DeliveryAsset[];
  readonly url: DeliveryUrl;
  readonly recipe: Recipe;
  /** The address means the same for ever, the version of the file set aside. */
  readonly fixed: boolean;
  /** The default film is answered in place of what was asked for. */
  readonly standsIn: boolean;
  readonly grant: Grant;
  readonly credential: Credential;
  /** A CDN is told of every change. */
  readonly purged: boolean;
  /** `Save-Data` is heeded. */
  readonly saveData: boolean;
  /** ms; what was decided about the file is not trusted longer. */
  readonly freshUntil: number;
}

export interface FilmSendDeps {
  readonly films: FilmLookup;
  readonly storage: Storage;
  readonly tokenKey: Buffer;
}

const OPEN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ik-error, Damson-Ignored, Damson-Progress, Retry-After',
};

function headers(
  { ctx, recipe, asset, laid, purged, standsIn }: FilmReply,
  decided: Decided | null,
  facts: CacheFacts,
): Record<string, string> {
  const ignored = visible(recipe.ignored.join(', '));
  // Neither ladders nor sprites go by what the page says of itself.
  const vary = decided && varyOf(decided, recipe.hints);
  const control = purged ? surrogateControl(facts, ctx.clock.now().getTime()) : null;
  return {
    ...OPEN,
    ...tagHeaders(asset, laid),
    ...(control === null ? {} : { 'Surrogate-Control': control }),
    ...(vary === null ? {} : { Vary: vary }),
    ...(standsIn ? { 'Damson-Default': '1' } : {}),
    ...(ignored === '' ? {} : { 'Damson-Ignored': ignored }),
  };
}

/** It is being made; how far, as a share of 1. Never the original. */
export function sendFilmPreparing({ res }: Pick<FilmReply, 'res'>, progress: number): void {
  res.writeHead(202, {
    'Retry-After': '2',
    'Content-Length': '0',
    'Cache-Control': 'no-store',
    'Damson-Progress': progress.toFixed(2),
    ...OPEN,
  });
  res.end();
}

function askedAs({ credential, endpoint }: FilmReply, tokenKey: Buffer): StreamClaim['as'] {
  if (credential.kind === 'token') return { kind: 'token', principal: credential.claim.principal };
  if (credential.kind === 'signature') return { kind: 'signature', key: keyMark(tokenKey, credential.by.secret) };
  return { kind: 'none', mode: endpoint.mode === 'presets' ? 'presets' : 'open' };
}

function claimOf(reply: FilmReply, film: FilmRow, tokenKey: Buffer): StreamClaim {
  const { ctx, grant, asset, laid } = reply;
  return {
    filmId: film.id,
    assetId: asset.assetId,
    version: asset.versionNumber,
    layers: [...new Set(laid.map((layer) => layer.assetId))],
    as: askedAs(reply, tokenKey),
    expires: streamExpiry(grant.until, ctx.clock.now().getTime()),
  };
}

/** @throws DeliveryError EDECODE, EBUSY, ERATE, ELIMIT, ENOENT */
export async function sendFilm(deps: FilmSendDeps, reply: FilmReply, request: FilmRequest): Promise<void> {
  const { ctx, req, res, endpoint, asset, recipe } = reply;
  // The hints have to be asked for once per origin.
  if (recipe.hints.length > 0) res.setHeader('Accept-CH', 'Sec-CH-Width, Sec-CH-DPR');
  const film = await deps.films.ask(ctx, asset, request, strangerOf(reply.credential, req));
  const ready = film.state === 'ready';
  if (!ready && !isPlayable(film, film.made)) return sendFilmPreparing(reply, film.progress);
  if (request.wish === 'film' || request.wish === 'sprite') return sendFile(deps, reply, request, film);
  if (ready && !(await deps.storage.head(pieceKey(film, firstPiece(film))))) return sendLost(deps, reply, film);
  const base = `${endpoint.mount}${STREAM_PREFIX}${mintStreamToken(deps.tokenKey, asset.workspaceId, claimOf(reply, film, deps.tokenKey))}/`;
  const now = ctx.clock.now().getTime();
  const facts = { pinned: false, private: reply.grant.private, until: reply.grant.until };
  const age = cacheControl(facts, now);
  const common = {
    ...headers(reply, null, facts),
    'Cache-Control': ready ? age : 'no-store',
    'Damson-Progress': film.progress.toFixed(2),
  };
  const { make, made, source } = film;
  if (make.make === 'sprite') {
    return sendText(req, res, spriteCues(make, `${base}sprite.jpg`, source.seconds ?? 0), 'text/vtt; charset=utf-8', common);
  }
  if (make.make !== 'ladder') throw new DeliveryError('ENOENT');
  if (request.wish === 'hls') return sendText(req, res, masterPlaylist(make, made, base), 'application/vnd.apple.mpegurl', common);
  const seconds = make.cut.duration ?? Math.max(0, (source.seconds ?? 0) - make.cut.start);
  sendText(req, res, dashManifest(make, made, base, ready, seconds), 'application/dash+xml', common);
}

/** The store is not what it was when the film was finished: derivatives need no backup. */
async function sendLost({ films }: FilmSendDeps, reply: FilmReply, film: FilmRow): Promise<void> {
  await films.lost(reply.ctx, film);
  sendFilmPreparing(reply, 0);
}

async function sendFile(deps: FilmSendDeps, reply: FilmReply, request: FilmRequest, film: FilmRow): Promise<void> {
  const { ctx, req, res, asset, url, grant, fixed, standsIn } = reply;
  const name = firstPiece(film);
  const key = pieceKey(film, name);
  const stored = await deps.storage.head(key);
  if (!stored) return sendLost(deps, reply, film);
  const now = ctx.clock.now().getTime();
  // The version is named, and so is all else: these bytes and no others. Nobody tells a CDN twice, as for pictures.
  const pinned = url.version !== null && fixed && !standsIn && now <= reply.freshUntil;
  const facts = { pinned, private: grant.private, until: grant.until };
  const decided = request.wish === 'film' ? { accept: request.negotiated, saveData: reply.saveData && request.thrifty } : null;
  await sendStored(req, res, {
    open: (range) => deps.storage.read(key, range),
    // Not the row's: another row of the same bytes may have been the last to make it.
    bytes: stored.bytes,
    mime: film.mime,
    etag: etagOf(key).slice(1, -1),
    cacheControl: cacheControl(facts, now),
    filename: fileName(asset.name, name.slice(name.lastIndexOf('.') + 1), url.attachmentName),
    disposition: url.attachment ? 'attachment' : 'inline',
    embed: 'cross-origin',
    headers: headers(reply, decided, facts),
  });
}
