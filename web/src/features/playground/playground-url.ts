import { srcsetWidths, START } from '../detail/delivery-url.ts';
import { readParam, writeParams } from './transformation-text.ts';

/** Addresses with a transformation, and back. Pure. */

/** A transformation as a query takes it: what would end it or begin something else is escaped, the rest stays readable. */
export const queryText = (transformation: string): string =>
  transformation.replace(/[\s&#<>"]/g, (char) => encodeURIComponent(char)).replace(/%(?![\da-f]{2})/gi, '%25');

/** `/cdn/a.jpg` with `?tr=…`; a query that is there stays. */
export function withTransformation(address: string, transformation: string): string {
  if (transformation === '') return address;
  return `${address}${address.includes('?') ? '&' : '?'}tr=${queryText(transformation)}`;
}

/** `%2C` and `%3A` stand for separators only where there are no others (delivery-urls 3). */
function readable(text: string): string {
  const encoded = !/[,:]/.test(text) && /%2c|%3a/i.test(text);
  try {
    return encoded ? decodeURIComponent(text) : text.replaceAll('%20', ' ');
  } catch {
    return text;
  }
}

/** The transformation in what a person typed or pasted: a whole address with `tr:` or `?tr=`, or the text itself. */
export function fromPasted(text: string): string {
  const trimmed = text.trim();
  const isAddress = /^https?:\/\//i.test(trimmed) || trimmed.startsWith('/');
  // Spaces stay while somebody writes.
  if (!isAddress) return text.replaceAll(/[\r\n]/g, '').replace(/^(\?tr=|tr:)/, '');
  const query = /[?&]tr=([^&#]*)/.exec(trimmed)?.[1];
  const path = /\/tr:([^/?#]*)\//.exec(trimmed)?.[1];
  // Path steps first, then query steps.
  return [path, query].flatMap((part) => (part ? [readable(part)] : [])).join(':');
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** The same at other widths, the height in proportion where it is a number. */
function scaled(transformation: string, width: number): string {
  const [was, high] = [Number(readParam(transformation, 'w')), Number(readParam(transformation, 'h'))];
  const height = was > 1 && high > 1 ? String(Math.max(1, Math.round((high * width) / was))) : null;
  return writeParams(transformation, { w: String(width), ...(height === null ? {} : { h: height }) });
}

export interface SnippetInput {
  /** Absolute. */
  readonly address: string;
  readonly transformation: string;
  readonly alt: string;
  /** px */
  readonly originalWidth: number | null;
  readonly result: { readonly width: number; readonly height: number } | null;
}

/**
 * Whether the picture can be offered in other widths that show the same: from a width in px, or from no size at all. A fraction, an expression, a height alone, a cut in px
 * or a name stand for sizes that nobody can compute here.
 */
function isScalable(transformation: string): boolean {
  const read = (key: string) => readParam(transformation, key);
  const cuts = [read('c'), read('cm')].some((mode) => mode === 'extract' || mode === 'pad_extract');
  if (cuts || read('n') !== null) return false;
  const [w, h] = [read('w'), read('h')];
  const px = (text: string) => /^[1-9]\d*$/.test(text) && text !== '1';
  return w === null ? h === null : px(w) && (h === null || px(h));
}

/** The `srcset` and `sizes` of the picture. */
function choices({ address, transformation, originalWidth }: SnippetInput): string {
  if (!isScalable(transformation)) return '';
  const width = Number(readParam(transformation, 'w')) || null;
  const set = srcsetWidths({ ...START, width }, originalWidth)
    .map((each) => `${escapeHtml(withTransformation(address, scaled(transformation, each)))} ${each}w`)
    .join(',\n    ');
  const sizes = width === null ? '100vw' : `(max-width: ${width}px) 100vw, ${width}px`;
  return `  srcset="\n    ${set}"\n  sizes="${sizes}"\n`;
}

/** `<img srcset>` for a page. Without a size of its own the picture is offered in usual widths. */
export function imgSnippet(input: SnippetInput): string {
  const { address, transformation, alt, result } = input;
  const size = result ? ` width="${result.width}" height="${result.height}"` : '';
  const src = escapeHtml(withTransformation(address, transformation));
  return `<img\n  src="${src}"\n${choices(input)} ${size} alt="${escapeHtml(alt)}" loading="lazy" decoding="async">`;
}
