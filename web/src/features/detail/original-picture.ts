import type { Asset } from '../../api/types.ts';

/** Browsers show these themselves. */
const SHOWN_BY_BROWSERS = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif']);
const MOST_ORIGINAL_BYTES = 60_000_000;

/** The original as a picture in the page; null when the person may not have it, or no browser shows it. */
export const originalPicture = ({ verbs, mime, bytes, urls }: Asset): string | null =>
  verbs.includes('original') && SHOWN_BY_BROWSERS.has(mime) && bytes < MOST_ORIGINAL_BYTES ? urls.original : null;
