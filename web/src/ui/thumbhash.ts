import { thumbHashToDataURL } from 'thumbhash';

const known = new Map<string, string | null>();

/** A few-pixel picture as data URL from its base64 thumbhash; null for one that cannot be read. */
export function thumbhashUrl(base64: string | null): string | null {
  if (!base64) return null;
  let url = known.get(base64);
  if (url === undefined) {
    try {
      url = thumbHashToDataURL(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
    } catch {
      url = null;
    }
    if (known.size > 2000) known.clear();
    known.set(base64, url);
  }
  return url;
}
