import { createHmac, timingSafeEqual } from 'node:crypto';
import { queryPairs, splitTarget } from './delivery.url.ts';

/** Signed URLs, `ik-s` and `ik-t` (delivery-urls 9.1): HMAC-SHA1 over the raw bytes, for compatibility with existing signers. */

/** Stands in the message of signatures that do not expire. */
const NEVER = '9999999999';

export interface SigningKey {
  readonly secret: string;
}

export type SignatureCheck =
  /** No `ik-s` and no `ik-t`: nothing to check. */
  | { readonly kind: 'unsigned' }
  /** `expires` is null for signatures without end; `by` made it. */
  | { readonly kind: 'valid'; readonly expires: Date | null; readonly by: SigningKey }
  | { readonly kind: 'refused'; readonly why: 'malformed' | 'expired' | 'wrong' };

const refused = (why: 'malformed' | 'expired' | 'wrong'): SignatureCheck => ({ kind: 'refused', why });

/** The target without signature parameters, and without the slash after the mount. */
function message(rest: string, expiry: string): string {
  const { path, query } = splitTarget(rest);
  const kept = query.split('&').filter((pair) => pair !== '' && !/^ik-[st](=|$)/.test(pair));
  return `${path.replace(/^\//, '')}${kept.length > 0 ? `?${kept.join('&')}` : ''}${expiry}`;
}

/** Runs of encoded bytes decoded as UTF-8, everything else as it stands. */
function decoded(text: string, runs: RegExp): string {
  return text.replace(runs, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

const NOT_ASCII = /(%[89a-f][0-9a-f])+/gi;
/** What cannot stand in a request at all: the percent-encode sets of the URL standard (1.3). */
const UNSENDABLE = /(%(?:[89a-f][0-9a-f]|20|22|3c|3e|5e|60|7b|7c|7d))+/gi;

/**
 * What the signer may have had before it: the target, or that with raw non-ASCII, or also with raw spaces and the like, all of which HTTP clients encode
 * on the way. No other address can be meant by any of them.
 */
function signedTexts(text: string): string[] {
  return [...new Set([text, decoded(text, NOT_ASCII), decoded(text, UNSENDABLE)])];
}

/** Signature of a target below the mount; for tests and for signed links made here. `expires` in Unix seconds. */
export function sign(rest: string, secret: string, expires: number | null): string {
  return createHmac('sha1', secret)
    .update(message(rest, expires === null ? NEVER : String(expires)))
    .digest('hex');
}

/**
 * Checks the signature of a raw target (what follows the mount) before anything is normalised.
 * @param now Unix time in ms
 */
export function checkSignature(rest: string, keys: readonly SigningKey[], now: number): SignatureCheck {
  const pairs = queryPairs(splitTarget(rest).query);
  const given = pairs.filter((pair) => pair.name === 'ik-s');
  const times = pairs.filter((pair) => pair.name === 'ik-t');
  if (given.length === 0 && times.length === 0) return { kind: 'unsigned' };
  const signature = given[0]?.value ?? '';
  const expiry = times[0]?.value;
  if (given.length !== 1 || times.length > 1 || !/^[0-9a-f]{40}$/.test(signature)) return refused('malformed');
  // The signed text has no separator before it: another number of digits would move the border between address and expiry.
  if (expiry !== undefined && !/^[1-9]\d{9}$/.test(expiry)) return refused('malformed');
  const text = message(rest, expiry ?? NEVER);
  const bytes = Buffer.from(signature, 'hex');
  const candidates = signedTexts(text);
  const by = keys.find(({ secret }) =>
    candidates.some((candidate) => secret !== '' && timingSafeEqual(createHmac('sha1', secret).update(candidate).digest(), bytes)),
  );
  if (!by) return refused('wrong');
  if (expiry !== undefined && Number(expiry) * 1000 <= now) return refused('expired');
  return { kind: 'valid', expires: expiry === undefined ? null : new Date(Number(expiry) * 1000), by };
}
