import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Preview tokens (decisions 3): what a signed-in person's lists carry, so that their browser can load previews of
 * private assets from a place that knows no cookies. Pure but for the HMAC.
 */

/** Named recipes it allows, or all. */
export type TokenRecipes = 'thumbnail' | 'preview' | '*';

export interface PreviewClaim {
  readonly workspaceId: string;
  /** Who it was made for: their permission is checked again at each hit. */
  readonly principal: { readonly kind: string; readonly id: string };
  readonly assetId: string;
  readonly recipes: TokenRecipes;
}

const SIX_HOURS = 6 * 3_600_000;
/** A fresh token lives at least this long. */
const AT_LEAST = 3_600_000;
const RECIPES: Record<string, TokenRecipes> = { t: 'thumbnail', p: 'preview', a: '*' };
const LETTER: Record<TokenRecipes, string> = { thumbnail: 't', preview: 'p', '*': 'a' };

function mac(key: Buffer, claim: PreviewClaim, expires: number): Buffer {
  const { workspaceId, principal, assetId, recipes } = claim;
  const text = JSON.stringify(['preview', workspaceId, principal.kind, principal.id, assetId, recipes, expires]);
  return createHmac('sha256', key).update(text).digest();
}

/** The expiry is rounded up to 6 hours, so that an address stays the same, and cached, for hours. `now` in ms. */
export function mintToken(key: Buffer, claim: PreviewClaim, now: number): string {
  const expires = Math.ceil((now + AT_LEAST) / SIX_HOURS) * SIX_HOURS;
  const who = Buffer.from(`${claim.principal.kind}:${claim.principal.id}`).toString('base64url');
  const parts = [claim.assetId.replaceAll('-', ''), LETTER[claim.recipes], who, (expires / SIX_HOURS).toString(36)];
  return `${parts.join('.')}.${mac(key, claim, expires).toString('base64url')}`;
}

const dashed = (hex: string) => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** The claim of a token made for this workspace, or null when it is malformed, forged or expired. `now` in ms. */
export function verifyToken(key: Buffer, workspaceId: string, token: string, now: number): (PreviewClaim & { expires: Date }) | null {
  const match = /^([0-9a-f]{32})\.([tpa])\.([\w-]{1,200})\.([0-9a-z]{1,10})\.([\w-]{43})$/.exec(token);
  const [, asset = '', letter = '', who = '', until = '', signature = ''] = match ?? [];
  const recipes = RECIPES[letter];
  if (!match || !recipes) return null;
  const principal = Buffer.from(who, 'base64url').toString();
  const colon = principal.indexOf(':');
  const expires = Number.parseInt(until, 36) * SIX_HOURS;
  const claim: PreviewClaim = {
    workspaceId,
    principal: { kind: principal.slice(0, colon), id: principal.slice(colon + 1) },
    assetId: dashed(asset),
    recipes,
  };
  // Compared as text: base64url has several spellings of the same bytes, and only one is accepted.
  const given = Buffer.from(signature);
  const right = Buffer.from(mac(key, claim, expires).toString('base64url'));
  if (colon < 1 || given.length !== right.length || !timingSafeEqual(given, right) || expires <= now) return null;
  return { ...claim, expires: new Date(expires) };
}
