import sharp from 'sharp';
import type { Rgba, TextSource } from '../plan.ts';
import { over, type Raw, toRaw } from './raw.ts';
import { RasterError, tooLarge } from './raster-error.ts';
import type { Face } from './typeface.ts';

/** Draws the text of a layer with Pango. Which families there are is said by fontconfig (`fonts.ts`). */

/** Widest and highest text box, px, and its pixels. */
const MAX_SIDE = 16_383;
const MAX_PIXELS = 25_000_000;
/** Of one px; a line height of at least that much is no factor. */
const PANGO_UNITS = 1_024;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const hex = ({ r, g, b }: Rgba): string => `#${[r, g, b].map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

function markup(source: TextSource): string {
  const { colour, bold, italic, strike, lineHeight, lineDistance } = source;
  const attributes = [
    `foreground="${hex(colour)}"`,
    // Pango takes 1 to 65535.
    `alpha="${Math.max(1, Math.round(colour.alpha * 65_535))}"`,
    ...(bold ? ['weight="bold"'] : []),
    ...(italic ? ['style="italic"'] : []),
    ...(strike ? ['strikethrough="true"'] : []),
    ...(lineHeight === null ? [] : [`line_height="${lineHeight}"`]),
    ...(lineDistance === undefined ? [] : [`line_height="${Math.round(lineDistance * PANGO_UNITS)}"`]),
  ];
  return `<span ${attributes.join(' ')}>${escaped(source.text)}</span>`;
}

const ALIGN = { left: 'left', center: 'centre', right: 'right' } as const;

function drawn(source: TextSource, face: Face, scale = 1): Promise<Raw> {
  const text = {
    text: markup(source),
    font: `${face.family} ${source.size * scale}px`,
    ...(face.file === null ? {} : { fontfile: face.file }),
    rgba: true,
    align: ALIGN[source.align],
    ...(source.width === null ? {} : { width: Math.max(1, Math.round(source.width * scale)), wrap: 'word-char' as const }),
  };
  return toRaw(sharp({ text }).ensureAlpha());
}

/** Small enough for whatever the planner lets pass. */
const MEASURED_AT = 1 / 16;

/** The ink of the text, tight; null when it has none. */
async function ink(source: TextSource, face: Face): Promise<Raw | null> {
  if (source.text.trim() === '') return null;
  const raw = await drawn(source, face).catch(async (error: unknown) => {
    // Cairo draws up to 32,767 px and says only that the size is not valid: how large it would be is seen on a smaller one.
    if (!String(error).includes('too big')) throw error;
    const { width, height } = await drawn(source, face, MEASURED_AT);
    checkBox(Math.round(width / MEASURED_AT), Math.round(height / MEASURED_AT));
    throw new RasterError('too_large', 'The text is too large to be drawn.', error);
  });
  checkBox(raw.width, raw.height);
  return raw;
}

function checkBox(width: number, height: number): void {
  const message = `The text takes ${width} x ${height} px; ${MAX_SIDE} a side and ${MAX_PIXELS} in all are allowed.`;
  const [longest, pixels] = [Math.max(width, height), width * height];
  if (longest > MAX_SIDE) throw tooLarge(message, { limit: 'longest side of a text', given: longest, allowed: MAX_SIDE });
  if (pixels > MAX_PIXELS) throw tooLarge(message, { limit: 'pixels of a text', given: pixels, allowed: MAX_PIXELS });
}

function box(width: number, height: number, colour: Rgba | null): Raw {
  const data = Buffer.alloc(width * height * 4);
  if (colour) {
    const pixel = Buffer.from([colour.r, colour.g, colour.b, Math.round(colour.alpha * 255)]);
    data.fill(pixel);
  }
  return { data, width, height, channels: 4 };
}

/** The text in its box: as wide as asked for, with padding, on its background. */
export async function drawText(source: TextSource, face: Face): Promise<Raw> {
  const letters = await ink(source, face);
  const [top, right, bottom, left] = source.padding.map(Math.round) as [number, number, number, number];
  const inner = Math.max(1, letters?.width ?? 1, source.width === null ? 1 : Math.round(source.width));
  const height = (letters?.height ?? 1) + top + bottom;
  checkBox(inner + left + right, height);
  const canvas = box(inner + left + right, height, source.background);
  if (!letters) return canvas;
  const free = inner - letters.width;
  const shift = source.align === 'left' ? 0 : source.align === 'right' ? free : Math.floor(free / 2);
  return over(canvas, letters, left + shift, top);
}

export const solid = (width: number, height: number, colour: Rgba): Raw => box(width, height, colour);
