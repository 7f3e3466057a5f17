import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What the addresses of a film's pieces carry (decisions 3): a manifest was answered to somebody who may have it, and its pieces are
 * fetched by a player that knows nothing of signatures. Bound to one film, and with that to a version. Pure but for the HMAC.
 */

export interface StreamClaim {
  readonly filmId: string;
  readonly assetId: string;
  readonly version: number;
  /** How the manifest was asked for: the same is looked at again for each piece. */
  readonly as:
    | { readonly kind: 'none' }
    | { readonly kind: 'signature' }
    | { readonly kind: 'token'; readonly principal: { kind: string; id: string } };
  /** ms */
  readonly expires: number;
}

const mac = (key: Buffer, workspaceId: string, body: string): string =>
  createHmac('sha256', key).update(`stream\n${workspaceId}\n${body}`).digest('base64url');

const KINDS = { none: 'n', signature: 's', token: 't' } as const;

export function mintStreamToken(key: Buffer, workspaceId: string, claim: StreamClaim): string {
  const { filmId, assetId, version, as, expires } = claim;
  const who = as.kind === 'token' ? `${as.principal.kind}:${as.principal.id}` : '';
  const body = Buffer.from([filmId, assetId, version, KINDS[as.kind], expires, who].join(' ')).toString('base64url');
  return `${body}.${mac(key, workspaceId, body)}`;
}

function asOf(letter: string, who: string): StreamClaim['as'] | null {
  if (letter === 'n') return { kind: 'none' };
  if (letter === 's') return { kind: 'signature' };
  const colon = who.indexOf(':');
  return letter === 't' && colon > 0 ? { kind: 'token', principal: { kind: who.slice(0, colon), id: who.slice(colon + 1) } } : null;
}

/** The claim of a token minted for this workspace; null when it is forged, malformed or over. `now` in ms. */
export function readStreamToken(key: Buffer, workspaceId: string, token: string, now: number): StreamClaim | null {
  const [body = '', given = '', ...more] = token.split('.');
  const right = Buffer.from(mac(key, workspaceId, body));
  if (more.length > 0 || given.length !== right.length || !timingSafeEqual(Buffer.from(given), right)) return null;
  const [filmId = '', assetId = '', version = '', letter = '', expires = '', ...who] = Buffer.from(body, 'base64url').toString().split(' ');
  const as = asOf(letter, who.join(' '));
  return as && Number(expires) > now ? { filmId, assetId, version: Number(version), as, expires: Number(expires) } : null;
}

const HOUR = 3_600_000;
const SIX_HOURS = 6 * HOUR;

/** When the addresses in a manifest end: at a sixth hour, so that they stay the same for hours, but never after the right to them. */
export function streamExpiry(until: Date | null, now: number): number {
  const rounded = Math.ceil((now + 2 * HOUR) / SIX_HOURS) * SIX_HOURS;
  return Math.min(rounded, until?.getTime() ?? Number.POSITIVE_INFINITY);
}
