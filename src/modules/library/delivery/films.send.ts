import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ctx } from '../../../context.ts';
import { sendStored } from '../../../platform/http/send.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import { etagOf, type Recipe } from '../renditions/index.ts';
import { DeliveryError, visible } from './delivery.answers.ts';
import type { Credential, Grant } from './delivery.gate.ts';
import { type CacheFacts, cacheControl, type Decided, fileName, surrogateControl, varyOf } from './delivery.headers.ts';
import type { DeliveryAsset, Endpoint } from './delivery.lookup.ts';
import { tagHeaders } from './delivery.tags.ts';
import type { DeliveryUrl } from './delivery.url.ts';
import { dashManifest, masterPlaylist, spriteCues } from './films.manifests.ts';
import { isPlayable } from './films.maker.ts';
import type { FilmRow } from './films.repository.ts';
import { type FilmRequest, pieceKey } from './films.request.ts';
import type { FilmLookup } from './films.lookup.ts';
import { sendText, STREAM_PREFIX } from './films.streams.ts';
import { mintStreamToken, type StreamClaim, streamExpiry } from './films.token.ts';

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
  readonly grant: Grant;
  readonly credential: Credential;
  /** A CDN is told of every change. */
  readonly purged: boolean;
  /** `Save-Data` is heeded. */
  readonly saveData: boolean;
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

function headers({ ctx, recipe, asset, laid, purged }: FilmReply, decided: Decided, facts: CacheFacts): Record<string, string> {
  const ignored = visible(recipe.ignored.join(', '));
  const vary = varyOf(decided, recipe.hints);
  const control = purged ? surrogateControl(facts, ctx.clock.now().getTime()) : null;
  return {
    ...OPEN,
    ...tagHeaders(asset, laid),
    ...(control === null ? {} : { 'Surrogate-Control': control }),
    ...(vary === null ? {} : { Vary: vary }),
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

function claimOf({ ctx, credential, grant, asset }: FilmReply, film: FilmRow): StreamClaim {
  const as: StreamClaim['as'] =
    credential.kind === 'token' ? { kind: 'token', principal: credential.claim.principal } : { kind: credential.kind };
  const until = credential.kind === 'none' ? null : grant.until;
  return {
    filmId: film.id,
    assetId: asset.assetId,
    version: asset.versionNumber,
    as,
    expires: streamExpiry(until, ctx.clock.now().getTime()),
  };
}

/** @throws DeliveryError EDECODE, EBUSY, ENOENT */
export async function sendFilm(deps: FilmSendDeps, reply: FilmReply, request: FilmRequest): Promise<void> {
  const { ctx, req, res, endpoint, asset } = reply;
  const film = await deps.films.ask(ctx, asset, request);
  const ready = film.state === 'ready';
  if (!ready && !isPlayable(film, film.made)) return sendFilmPreparing(reply, film.progress);
  if (request.wish === 'film' || request.wish === 'sprite') return sendFile(deps, reply, request, film);
  const base = `${endpoint.mount}${STREAM_PREFIX}${mintStreamToken(deps.tokenKey, asset.workspaceId, claimOf(reply, film))}/`;
  const now = ctx.clock.now().getTime();
  const facts = { pinned: false, private: reply.grant.private, until: reply.grant.until };
  const age = cacheControl(facts, now);
  const common = {
    ...headers(reply, { accept: false, saveData: false }, facts),
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

async function sendFile(deps: FilmSendDeps, reply: FilmReply, request: FilmRequest, film: FilmRow): Promise<void> {
  const { ctx, req, res, asset, url, grant, recipe } = reply;
  const name = film.make.make === 'film' ? `film.${film.make.container}` : 'sprite.jpg';
  const key = pieceKey(film, name);
  if (!(await deps.storage.head(key))) {
    await deps.films.lost(ctx, film);
    return sendFilmPreparing(reply, 0);
  }
  // The version is named, and so is all else: these bytes and no others.
  const pinned = url.version !== null && recipe.inputs.length + recipe.files.length === 0 && !recipe.framed;
  const facts = { pinned, private: grant.private, until: grant.until };
  const decided = { accept: request.negotiated, saveData: reply.saveData && request.thrifty };
  await sendStored(req, res, {
    open: (range) => deps.storage.read(key, range),
    bytes: film.made.bytes,
    mime: film.mime,
    etag: etagOf(key).slice(1, -1),
    cacheControl: cacheControl(facts, ctx.clock.now().getTime()),
    filename: fileName(asset.name, name.slice(name.lastIndexOf('.') + 1), url.attachmentName),
    disposition: url.attachment ? 'attachment' : 'inline',
    embed: 'cross-origin',
    headers: headers(reply, decided, facts),
  });
}
