import type { Outbound } from '../../../platform/http/fetch.ts';

/** The call that tells a CDN what to forget. */

export interface PurgeTarget {
  /** `CDN_PURGE_URL`, from the operator's own environment. */
  readonly url: string;
  readonly token: string | null;
}

/** Fastly takes 256 keys in one call; others take more. */
export const MAX_KEYS = 256;
/** ms for one call. */
export const CALL_TIMEOUT_MS = 10_000;

/** Resolves when the CDN has confirmed the keys. @throws Error when it did not answer with 2xx within 10 s; outbound_failed */
export type PurgeCall = (keys: readonly string[]) => Promise<void>;

/** @param outbound may call private addresses: the target is the operator's */
export const purgeCall =
  (outbound: Outbound, { url, token }: PurgeTarget): PurgeCall =>
  async (keys) => {
    const answer = await outbound.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ keys }),
      timeoutMs: CALL_TIMEOUT_MS,
      maxBytes: 2 ** 20,
      // A redirect would take the token along.
      maxRedirects: 0,
      ports: 'any',
    });
    await answer.bytes();
    if (answer.status < 200 || answer.status > 299) throw new Error(`the purge hook answered ${answer.status}`);
  };
