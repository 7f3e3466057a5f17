import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What the addresses of a film's pieces carry (decisions 3): a manifest was answered to somebody who may have it, and its pieces are
 * fetched by a player that knows nothing of signatures. Bound to one film, and with that to a version. Pure but for the HMAC.
 */

export interface StreamClaim {
  readonly filmId: string;
  readonly assetId: string;
  readonly version: number;
  /** Ids of the assets that are laid over it. */
  readonly layers: readonly string[];
  /** How the manifest was asked for: the same is looked at again for each piece. */
  readonly as: /** Without credential, at an endpoint of this mode. */
    | { readonly kind: 'none'; readonly mode: 'open' | 'presets' }
    /** `key` is the mark of the key that signed. */
    | { readonly kind: 'signature'; readonly key: string }
    | { readonly kind: 'token'; readonly principal: { kind: string; id: string } };
  /** ms */
  readonly expires: number;
}

const mac = (key: Buffer, workspaceId: string, body: string): string =>
  createHmac('sha256', key).update(`stream\n${workspaceId}\n${body}`).digest('base64url');

/** Tells signing keys apart without saying anything of them. */
export const keyMark = (key: Buffer, secret: string): string =>
  createHmac('sha256', key).update(`signing key\n${secret}`).digest('base64url').slice(0, 12);

function letterOf(as: StreamClaim['as']): string {
  if (as.kind === 'none') return as.mode === 'presets' ? 'p' : 'n';
  return as.kind === 'signature' ? 's' : 't';
}

function whoOf(as: StreamClaim['as']): string {
  if (as.kind === 'none') return '';
  return as.kind === 'signature' ? as.key : `${as.principal.kind}:${as.principal.id}`;
}

export function mintStreamToken(key: Buffer, workspaceId: string, claim: StreamClaim): string {
  const { filmId, assetId, version, as, expires, layers } = claim;
  const text = [filmId, assetId, version, letterOf(as), expires, layers.join(','), whoOf(as)].join(' ');
  const body = Buffer.from(text).toString('base64url');
  return `${body}.${mac(key, workspaceId, body)}`;
}

function asOf(letter: string, who: string): StreamClaim['as'] | null {
  if (letter === 'n' || letter === 'p') return { kind: 'none', mode: letter === 'p' ? 'presets' : 'open' };
  if (letter === 's') return { kind: 'signature', key: who };
  const colon = who.indexOf(':');
  return letter === 't' && colon > 0 ? { kind: 'token', principal: { kind: who.slice(0, colon), id: who.slice(colon + 1) } } : null;
}

/** The claim of a token minted for this workspace; null when it is forged, malformed or over. `now` in ms. */
export function readStreamToken(key: Buffer, workspaceId: string, token: string, now: number): StreamClaim | null {
  const [body = '', given = '', ...more] = token.split('.');
  const right = Buffer.from(mac(key, workspaceId, body));
  const said = Buffer.from(given);
  if (more.length > 0 || said.length !== right.length || !timingSafeEqual(said, right)) return null;
  const text = Buffer.from(body, 'base64url').toString();
  const [filmId = '', assetId = '', version = '', letter = '', expires = '', layers = '', ...who] = text.split(' ');
  const as = asOf(letter, who.join(' '));
  if (!as || !(Number(expires) > now)) return null;
  return { filmId, assetId, version: Number(version), layers: layers === '' ? [] : layers.split(','), as, expires: Number(expires) };
}

const HOUR = 3_600_000;
const SIX_HOURS = 6 * HOUR;

/** When the addresses in a manifest end: at a sixth hour, so that they stay the same for hours, but never after the right to them. */
export function streamExpiry(until: Date | null, now: number): number {
  const rounded = Math.ceil((now + 2 * HOUR) / SIX_HOURS) * SIX_HOURS;
  return Math.min(rounded, until?.getTime() ?? Number.POSITIVE_INFINITY);
}
