/** Cache and Vary headers of delivery (decisions 3). Pure; imports nothing. */

export interface CacheFacts {
  /** The address pins a file version. */
  readonly pinned: boolean;
  /** Through a preview token: for this browser alone. */
  readonly private: boolean;
  /** When the right to it ends: `unpublish_at`, signature or token expiry. */
  readonly until: Date | null;
}

const DAY = 86_400;

/** `Cache-Control` at `now` (ms): never beyond the end of the right, and `immutable` only for what can neither change nor end. */
export function cacheControl(facts: CacheFacts, now: number): string {
  const left = facts.until === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor((facts.until.getTime() - now) / 1000));
  if (facts.private) return `private, max-age=${Math.min(left, facts.pinned ? 3_600 : 60)}`;
  if (facts.pinned)
    return left === Number.POSITIVE_INFINITY ? `public, max-age=${DAY}, immutable` : `public, max-age=${Math.min(left, DAY)}`;
  const age = Math.min(left, 60);
  const stale = Math.min(left - age, 30);
  return stale > 0 ? `public, max-age=${age}, stale-while-revalidate=${stale}` : `public, max-age=${age}`;
}

const YEAR = 365 * DAY;

/**
 * `Surrogate-Control` for a CDN that is told when something changes; null where it must come back as soon as a browser does.
 */
export function surrogateControl(facts: CacheFacts, now: number): string | null {
  if (!facts.pinned || facts.private) return null;
  const left = facts.until === null ? YEAR : Math.max(0, Math.floor((facts.until.getTime() - now) / 1000));
  return `max-age=${Math.min(left, YEAR)}`;
}

/** Whether the client asks for fewer bytes (`Save-Data: on`). */
export const savesData = (header: string | string[] | undefined): boolean => typeof header === 'string' && /^\s*on\s*(;|$)/i.test(header);

const HINT_HEADERS: Readonly<Record<string, string>> = { width: 'Sec-CH-Width', dpr: 'Sec-CH-DPR' };

/** What of a request decided about the answer, or could have. */
export interface Decided {
  /** The format came from `Accept`. */
  readonly accept: boolean;
  /** The quality would have been another with the other `Save-Data`. */
  readonly saveData: boolean;
}

/** Request headers the bytes depend on; null = none. */
export function varyOf({ accept, saveData }: Decided, hints: readonly string[] = []): string | null {
  const names = [...(accept ? ['Accept'] : []), ...hints.flatMap((hint) => HINT_HEADERS[hint] ?? []), ...(saveData ? ['Save-Data'] : [])];
  return names.length > 0 ? names.join(', ') : null;
}

/** `summer.tiff` as `webp` is `summer.webp`. */
export function fileName(name: string, extension: string, wanted: string | null): string {
  const dot = name.lastIndexOf('.');
  const stem = wanted ?? (dot > 0 ? name.slice(0, dot) : name);
  return `${stem}.${extension}`;
}
