import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import type { VectorWish } from '../media.ts';
import { RasterError } from '../raster/raster-error.ts';
import { rightsXmp } from '../raster/rights.ts';
import { type Attribute, cleanCss, mayStand, nameOf, SVG } from './svg-rules.ts';

/** An SVG written anew from what its parser understood of it (ADR 0312). Pure. */

export interface CleanOptions extends VectorWish {
  /** What one user unit is counted in where the file has no `viewBox`: its own size, px. */
  readonly own: { readonly width: number; readonly height: number };
}

const MOST_LENGTH = 20 * 2 ** 20;
const MOST_DEPTH = 500;
/** Illustrator names its namespaces so. Those that hold markup or other entities are not taken, so nothing multiplies. */
const ENTITY = /<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"&<%]{0,500})"|'([^'&<%]{0,500})')\s*>/g;
const MOST_ENTITIES = 100;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const quoted = (text: string): string => escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');

const attributesOf = (tag: SaxesTagNS): Attribute[] =>
  Object.values(tag.attributes as Record<string, SaxesAttributeNS>).map(({ uri, local, prefix, value }) =>
    prefix === 'xmlns' ? { uri: 'xmlns', local, value } : { uri, local, value },
  );

/** Attributes of the root that say how large it is. */
function sizeOf(kept: ReadonlyMap<string, string>, { own, size }: CleanOptions): Map<string, string> {
  const out = new Map(kept);
  if (!size) return out;
  if (!out.has('viewBox')) out.set('viewBox', `0 0 ${own.width} ${own.height}`);
  out.set('width', String(size.width)).set('height', String(size.height));
  if (size.stretched) out.set('preserveAspectRatio', 'none');
  return out;
}

/**
 * @throws RasterError damaged (no well-formed SVG), too_large
 */
export function cleanSvg(text: string, options: CleanOptions): string {
  const parts: string[] = [];
  let length = 0;
  const write = (part: string) => {
    length += part.length;
    if (length > MOST_LENGTH) throw new RasterError('too_large', 'The SVG is longer than 20 MB.');
    parts.push(part);
  };
  const open: string[] = [];
  /** Elements open within one that goes. */
  let dropped = 0;
  let css = '';
  let rooted = false;

  function begin(tag: SaxesTagNS): void {
    const attributes = attributesOf(tag);
    if (dropped > 0 || !mayStand(tag, attributes)) {
      dropped += 1;
      return;
    }
    const isRoot = open.length === 0;
    if (isRoot && (tag.local !== 'svg' || rooted)) throw new RasterError('damaged', 'The file is no SVG.');
    if (open.length >= MOST_DEPTH) throw new RasterError('too_large', 'The SVG is nested too deeply.');
    rooted = true;
    open.push(tag.local);
    const kept = new Map<string, string>();
    for (const attribute of attributes) {
      const name = nameOf(tag.local, attribute);
      if (name !== null) kept.set(name, attribute.value);
    }
    const said = isRoot ? sizeOf(kept, options) : kept;
    const namespaces = isRoot ? ` xmlns="${SVG}" xmlns:xlink="http://www.w3.org/1999/xlink"` : '';
    write(`<${tag.local}${namespaces}${[...said].map(([name, value]) => ` ${name}="${quoted(value)}"`).join('')}>`);
    if (isRoot && options.rights) write(`<metadata>${rightsXmp(options.rights).replace(/<\?[^>]*>/g, '')}</metadata>`);
  }

  function end(): void {
    if (dropped > 0) {
      dropped -= 1;
      return;
    }
    const local = open.pop();
    if (local === 'style') {
      write(escaped(cleanCss(css)));
      css = '';
    }
    write(`</${local}>`);
  }

  function say(content: string): void {
    if (dropped > 0 || open.length === 0) return;
    if (open.at(-1) === 'style') css += content;
    else write(escaped(content));
  }

  const parser = new SaxesParser({ xmlns: true });
  parser.on('doctype', (doctype) => {
    for (const [, name = '', double, single] of [...doctype.matchAll(ENTITY)].slice(0, MOST_ENTITIES)) {
      if (!(name in parser.ENTITIES)) parser.ENTITIES[name] = double ?? single ?? '';
    }
  });
  parser.on('opentag', begin);
  parser.on('closetag', end);
  parser.on('text', say);
  parser.on('cdata', say);
  try {
    parser.write(text).close();
  } catch (error) {
    throw error instanceof RasterError ? error : new RasterError('damaged', 'The SVG is not well-formed.', error);
  }
  if (!rooted) throw new RasterError('damaged', 'The file is no SVG.');
  return parts.join('');
}
