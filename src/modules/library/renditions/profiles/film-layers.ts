import { z } from 'zod';
import { DEFAULT_FONT, fontFamily } from '../../../../platform/media/families.ts';
import { colour, readLength, readNumber } from '../operations/values.ts';
import { type Colour, parseColour } from '../renditions.colour.ts';
import { unsupported } from '../renditions.problem.ts';
import type { FilmSourceRecipe, FixedLength } from '../renditions.tree.ts';
import { readWishes } from './wishes.ts';

/** Layers that only films have (delivery-urls 5): other films and subtitles. Pure. */

export const FILM_LAYER_KEYS = {
  video: new Set(['so', 'eo', 'du']),
  subtitles: new Set(['fs', 'co', 'color', 'ff', 'tg', 'bg', 'fol', 'fsh']),
} as const;

/** Thicker edges and farther shadows say nothing. */
const MAX_EDGE = 100;

const size = z.string().transform((text, context): FixedLength => {
  const value = readLength(text);
  if (value) return value;
  context.issues.push({ code: 'custom', message: 'a number or an expression is expected', input: text });
  return z.NEVER;
});

const family = z.string().transform((text, context): string => {
  const found = fontFamily(text);
  if (found) return found;
  if (/[./]|@@/.test(text)) throw unsupported('ff with a font file on subtitles');
  context.issues.push({ code: 'custom', message: 'a family that comes with Damson is expected (docs/transformations.md)', input: text });
  return z.NEVER;
});

const typography = z
  .string()
  .regex(/^(b|i|strikethrough)(_(b|i|strikethrough))*$/, 'b, i, strikethrough joined by _ are expected')
  .transform((text): readonly string[] => text.split('_'));

/** `<width>_<colour>` */
const edge = z.string().transform((text, context): { width: number; colour: Colour } => {
  const [, px = '', name = ''] = /^([^_]+)_(.+)$/.exec(text) ?? [];
  const [width, found] = [readNumber(px, 0, MAX_EDGE), parseColour(name)];
  if (width !== null && found) return { width, colour: found };
  context.issues.push({ code: 'custom', message: `a width up to ${MAX_EDGE} and a colour, joined by _, are expected`, input: text });
  return z.NEVER;
});

/** `<colour>_<indent>` */
const shadow = z.string().transform((text, context): { indent: number; colour: Colour } => {
  const [, name = '', px = ''] = /^(.+)_([^_]+)$/.exec(text) ?? [];
  const [indent, found] = [readNumber(px, 0, MAX_EDGE), parseColour(name)];
  if (indent !== null && found) return { indent, colour: found };
  context.issues.push({ code: 'custom', message: `a colour and an indent up to ${MAX_EDGE}, joined by _, are expected`, input: text });
  return z.NEVER;
});

const time = z.string().optional();

/** What their own parameters are, for the schemas of layers. */
export const FILM_LAYER_SHAPES = {
  video: { so: time, eo: time, du: time },
  subtitles: {
    fs: size.optional(),
    co: colour.optional(),
    // Some SDKs write the colour out.
    color: colour.optional(),
    ff: family.optional(),
    tg: typography.optional(),
    bg: colour.optional(),
    fol: edge.optional(),
    fsh: shadow.optional(),
  },
};

type Read<K extends keyof typeof FILM_LAYER_SHAPES> = z.infer<z.ZodObject<(typeof FILM_LAYER_SHAPES)[K]>>;

/** @throws TransformationError EPARAM for what are no times */
export function videoSource(path: string, { so, eo, du }: Read<'video'>): FilmSourceRecipe {
  const said = Object.entries({ so, eo, du }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const wishes = readWishes(Object.fromEntries(said));
  return { kind: 'film', path, start: wishes?.start ?? null, end: wishes?.end ?? null, duration: wishes?.duration ?? null };
}

const WHITE: Colour = { r: 255, g: 255, b: 255, alpha: 1 };

export function subtitlesSource(path: string, read: Read<'subtitles'>): FilmSourceRecipe {
  const tags = read.tg ?? [];
  return {
    kind: 'subtitles',
    path,
    size: read.fs ?? null,
    colour: read.co ?? read.color ?? WHITE,
    font: read.ff ?? DEFAULT_FONT,
    bold: tags.includes('b'),
    italic: tags.includes('i'),
    strike: tags.includes('strikethrough'),
    background: read.bg ?? null,
    outline: read.fol ?? null,
    shadow: read.fsh ?? null,
  };
}
