import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '../../../context.ts';
import { notModified, safeHeaders, sendStored } from '../../../platform/http/send.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import { etagOf } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { Decisions } from './delivery.decisions.ts';
import { cacheControl } from './delivery.headers.ts';
import type { DeliveryAsset, Endpoint, Endpoints, PreviewAccess } from './delivery.lookup.ts';
import { tagHeaders } from './delivery.tags.ts';
import { mediaPlaylist } from './films.manifests.ts';
import type { FilmRow } from './films.repository.ts';
import { countWhenSent, type UsageCount } from './usage.count.ts';
import { isListed, pieceKey } from './films.request.ts';
import type { FilmLookup } from './films.lookup.ts';
import { keyMark, readStreamToken, type StreamClaim } from './films.token.ts';

/** Pieces of films, for players: `/cdn/ik-stream/<token>/<piece>`. */

export const STREAM_PREFIX = '/ik-stream/';

export interface StreamsDeps {
  readonly films: FilmLookup;
  readonly decisions: Decisions;
  readonly access: PreviewAccess;
  readonly storage: Storage;
  readonly endpoints: Pick<Endpoints, 'signingKeys'>;
  readonly tokenKey: Buffer;
  readonly usage: UsageCount;
}

/** Anybody's page may play these bytes; no credentials play a part. */
const OPEN = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ik-error, Damson-Progress' };
/** A player that seeks ahead of the encoder waits so long for its piece, then is told to come again. */
const HOLD_MS = 8_000;
const LOOK_MS = 250;
/** Requests that wait at a time; more are told to come again at once. */
const MAX_HELD = 200;

const MIME: Record<string, string> = {
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
  m3u8: 'application/vnd.apple.mpegurl',
};

/** Sends a text made for this moment. */
export function sendText(
  req: IncomingMessage,
  res: ServerResponse,
  text: string,
  mime: string,
  headers: Readonly<Record<string, string>>,
): void {
  const body = Buffer.from(text);
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
  const common = { ETag: etag, ...safeHeaders('cross-origin'), ...OPEN, ...headers };
  if (notModified(req, etag)) {
    res.writeHead(304, common);
    res.end();
    return;
  }
  res.writeHead(200, { 'Content-Type': mime, 'Content-Length': String(body.length), ...common });
  res.end(req.method === 'HEAD' ? undefined : body);
}

type Headers = { readonly 'Cache-Control': string } & Readonly<Record<string, string>>;

export class Streams {
  private readonly deps: StreamsDeps;
  private held = 0;

  constructor(deps: StreamsDeps) {
    this.deps = deps;
  }

  /**
   * Answers below `ik-stream/`.
   * @param path raw, from the mount on, without query
   * @throws DeliveryError EUNAUTHORIZED for a bad token, ENOENT for what it does not reach any more, EBUSY for a piece that is not made yet
   */
  async answer(ctx: Ctx, endpoint: Endpoint, path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [token = '', piece = '', ...more] = path.slice(STREAM_PREFIX.length).split('/');
    const now = ctx.clock.now().getTime();
    const claim = readStreamToken(this.deps.tokenKey, endpoint.workspaceId, token, now);
    if (!claim) throw new DeliveryError('EUNAUTHORIZED');
    this.checkEndpoint(endpoint, claim);
    const { until, asset, laid } = await this.allowed(ctx, claim);
    const film = more.length === 0 ? await this.deps.films.find(ctx, claim.filmId) : null;
    if (!film || film.assetId !== claim.assetId) throw new DeliveryError('ENOENT');
    const age = cacheControl({ pinned: true, private: claim.as.kind === 'token', until }, now);
    const rung = /^([a-z0-9]+)\.m3u8$/.exec(piece)?.[1];
    if (claim.as.kind !== 'token') countWhenSent(this.deps.usage, res, asset.assetId);
    const headers = { 'Cache-Control': age, ...OPEN, ...tagHeaders(asset, laid) };
    if (rung !== undefined) return sendRung(film, rung, headers, req, res);
    await this.sendPiece(ctx, film, piece, headers, req, res);
  }

  /** Whoever changes how an endpoint is used, or takes back a key, means what is being played too. @throws DeliveryError EUNAUTHORIZED */
  private checkEndpoint(endpoint: Endpoint, { as }: StreamClaim): void {
    const { endpoints, tokenKey } = this.deps;
    if (as.kind === 'token') return;
    const holds =
      as.kind === 'none'
        ? as.mode === endpoint.mode
        : endpoints.signingKeys(endpoint.workspaceId).some(({ secret }) => keyMark(tokenKey, secret) === as.key);
    if (!holds) throw new DeliveryError('EUNAUTHORIZED');
  }

  /** Until when; the same question as for the manifest, asked again for the film and all that is laid over it. @throws DeliveryError ENOENT */
  private async allowed(ctx: Ctx, claim: StreamClaim): Promise<{ until: Date; asset: DeliveryAsset; laid: readonly DeliveryAsset[] }> {
    const film = await this.one(ctx, claim, claim.assetId, claim.version);
    const layers = await Promise.all(claim.layers.map((id) => this.one(ctx, claim, id, null)));
    const ends = [film, ...layers].flatMap(({ until }) => (until ? [until.getTime()] : []));
    return { until: new Date(Math.min(claim.expires, ...ends)), asset: film.asset, laid: layers.map(({ asset }) => asset) };
  }

  private async one(
    ctx: Ctx,
    { as }: StreamClaim,
    id: string,
    version: number | null,
  ): Promise<{ asset: DeliveryAsset; until: Date | null }> {
    const asset = (await this.deps.decisions.get(ctx, { by: 'id', id }, version))?.asset;
    if (!asset || asset.trashed) throw new DeliveryError('ENOENT');
    if (as.kind === 'token' && !(await this.deps.access.mayPreview(ctx, as.principal, asset))) throw new DeliveryError('ENOENT');
    if (as.kind !== 'none') return { asset, until: null };
    const { now, until } = asset.public;
    if (!now || (until && until <= ctx.clock.now())) throw new DeliveryError('ENOENT');
    return { asset, until };
  }

  private async sendPiece(
    ctx: Ctx,
    film: FilmRow,
    piece: string,
    headers: Headers,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const extension = /^[a-z0-9]+(?:-(?:init|\d{1,6}))?\.(m4s|mp4|jpg)$/.exec(piece)?.[1];
    if (extension === undefined) throw new DeliveryError('ENOENT');
    const key = pieceKey(film, piece);
    const bytes = (await this.deps.storage.head(key))?.bytes ?? (await this.waited(ctx, film, piece, req));
    await sendStored(req, res, {
      open: (range) => this.deps.storage.read(key, range),
      bytes,
      mime: MIME[extension] ?? 'application/octet-stream',
      etag: etagOf(key).slice(1, -1),
      cacheControl: headers['Cache-Control'],
      filename: piece,
      disposition: 'inline',
      embed: 'cross-origin',
      headers,
    });
  }

  /** The size of a piece that is being made, as soon as it is there. */
  private async waited(ctx: Ctx, film: FilmRow, piece: string, req: IncomingMessage): Promise<number> {
    const key = pieceKey(film, piece);
    // It was there and the store has lost it; the next look finds the film in the making.
    if (film.state === 'ready' && isListed(film, piece)) await this.deps.films.lost(ctx, film);
    else if (film.state === 'ready' || film.state === 'failed') throw new DeliveryError('ENOENT');
    const later = () => new DeliveryError('EBUSY', 'This part of the film is not made yet', {}, { 'Retry-After': '1' });
    if (this.held >= MAX_HELD) throw later();
    this.held += 1;
    try {
      for (let waited = 0; waited < HOLD_MS && !req.destroyed; waited += LOOK_MS) {
        await sleep(LOOK_MS);
        const there = await this.deps.storage.head(key);
        if (there) return there.bytes;
        const state = (await this.deps.films.find(ctx, film.id))?.state;
        if (state !== 'queued' && state !== 'running') throw new DeliveryError('ENOENT');
      }
    } finally {
      this.held -= 1;
    }
    throw later();
  }
}

/** @throws DeliveryError ENOENT for a rung that there is not (yet), EDECODE when the rest will not come */
function sendRung(film: FilmRow, name: string, headers: Headers, req: IncomingMessage, res: ServerResponse): void {
  const { make, made, state } = film;
  if (make.make !== 'ladder' || !Object.hasOwn(made.pieces, name)) throw new DeliveryError('ENOENT');
  // A list that still grows and never does keeps players asking for ever.
  if (state === 'failed') throw new DeliveryError('EDECODE', film.reason ?? 'The film could not be made.');
  const whole = state === 'ready';
  const text = mediaPlaylist(name, make, made, whole);
  const soon = `${headers['Cache-Control'].split(',')[0]}, max-age=1`;
  sendText(req, res, text, MIME.m3u8 ?? '', whole ? headers : { ...headers, 'Cache-Control': soon });
}
