/** Content negotiation of image formats. Pure; imports nothing. */

/** What matters of an `Accept` header: answers are cached by this, not by the raw header. */
export interface Accepts {
  readonly avif: boolean;
  readonly webp: boolean;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function ranges(header: string): Range[] {
  return header.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const q = parameters.find((text) => text.startsWith('q='))?.slice(2);
    const quality = q === undefined ? 1 : Number(q);
    return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}

/** Longer headers are not worth reading: browsers send about 120 characters. */
const MAX_HEADER = 1_000;

/**
 * A newer format is accepted only when it is *named*: browsers that cannot show WebP also send a star. It must not be
 * wanted less than JPEG.
 */
export function accepts(header: string | undefined): Accepts {
  if (!header || header.length > MAX_HEADER || !header.includes('image/')) return { avif: false, webp: false };
  const all = ranges(header);
  const of = (type: string) => all.find((range) => range.type === type)?.quality;
  const base = of('image/jpeg') ?? of('image/*') ?? of('*/*') ?? 0;
  const named = (type: string) => {
    const quality = of(type) ?? 0;
    return quality > 0 && quality >= base;
  };
  return { avif: named('image/avif'), webp: named('image/webp') };
}

export type Outcome = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

const WRITABLE: Readonly<Record<string, Outcome>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'gif',
};

export interface NegotiationInput {
  readonly mime: string;
  /** null = not known; treated as "has". */
  readonly hasAlpha: boolean | null;
  readonly animated: boolean;
}

/** The format every client shows, by what the result is: JPEG for photographs, PNG where transparency would be lost, GIF for moving GIFs. */
function base(source: NegotiationInput): Outcome {
  if (source.mime === 'image/jpeg') return source.hasAlpha ? 'png' : 'jpeg';
  if (source.mime === 'image/gif' && source.animated) return 'gif';
  return source.hasAlpha === false ? 'jpeg' : 'png';
}

/** The raster format of the answer, as it is or would be (`svg`). `avif` says whether `auto` may choose AVIF (ADR 0301). */
export function negotiate(choice: 'auto' | 'orig' | 'svg' | Outcome, source: NegotiationInput, accept: Accepts, avif: boolean): Outcome {
  if (choice === 'orig') return WRITABLE[source.mime] ?? base(source);
  if (choice !== 'auto' && choice !== 'svg') return choice;
  // AVIF sequences are not written here, so a moving picture stays WebP.
  if (avif && accept.avif && !source.animated) return 'avif';
  return accept.webp ? 'webp' : base(source);
}
