import { z } from 'zod';
import { DEFAULT_FONT, fontFamily } from '../../../platform/media/families.ts';
import { CLEAR } from './operations/operation.ts';
import { colour, number, readLength, readNumber } from './operations/values.ts';
import type { Colour } from './renditions.colour.ts';
import { POSITIONS } from './renditions.geometry.ts';
import { FILM_LAYER_KEYS, FILM_LAYER_SHAPES, subtitlesSource, videoSource } from './profiles/film-layers.ts';
import { badParameter, unsupported } from './renditions.problem.ts';
import type { Layer, Step } from './renditions.syntax.ts';
import type { FixedLength, LayerContext, LayerRecipe, LayerSourceRecipe, Offset, RecipeStep } from './renditions.tree.ts';

/** Layers as checked plain data (delivery-urls 5): what they show, what is done to it, where it goes. Pure. */

/** Keys of every layer. Timing is for films and has no effect on a picture. */
export const LAYER_KEYS: ReadonlySet<string> = new Set(['i', 'ie', 'lx', 'ly', 'lxc', 'lyc', 'lap', 'lfo', 'lm', 'lso', 'leo', 'ldu']);
const OWN_KEYS = {
  image: new Set(['pg']),
  solid: new Set(['w', 'h', 'bg', 'al']),
  text: new Set(['w', 'fs', 'co', 'ff', 'ia', 'pa', 'al', 'tg', 'lh', 'bg']),
  ...FILM_LAYER_KEYS,
} as const;
type LayerKind = keyof typeof OWN_KEYS;
/** Longer texts are cut (delivery-urls 5). */
const MAX_TEXT = 2_000;
const DEFAULT_TEXT_SIZE = 45;
const SIDES = { min: 1, max: 16_384 };

const offset = z.string().transform((text, context): Offset => {
  const opposite = text.startsWith('N');
  const value = readLength(opposite ? text.slice(1) : text);
  if (value) return { value, opposite };
  context.issues.push({ code: 'custom', message: 'px, N and px, or an expression is expected', input: text });
  return z.NEVER;
});

const fixed = z.string().transform((text, context): FixedLength => {
  const value = readLength(text);
  if (value) return value;
  context.issues.push({ code: 'custom', message: 'a number or an expression is expected', input: text });
  return z.NEVER;
});

const padding = z.string().transform((text, context): FixedLength[] => {
  const one = readLength(text);
  if (one) return [one];
  const several = text
    .split('_')
    .flatMap((part) => (readNumber(part, 0, SIDES.max) === null ? [] : [{ kind: 'number' as const, value: Number(part) }]));
  if (several.length === text.split('_').length && several.length <= 4) return several;
  context.issues.push({ code: 'custom', message: 'one to four numbers or an expression is expected', input: text });
  return z.NEVER;
});

const alpha = z
  .string()
  .regex(/^[1-9]$/, '1 to 9 is expected')
  .transform(Number);

const font = z.string().transform((text, context): string | { path: string } => {
  const family = fontFamily(text);
  if (family) return family;
  if (/[./]|@@/.test(text)) return { path: libraryPath(text) };
  context.issues.push({
    code: 'custom',
    message: 'a family that comes with Damson (docs/transformations.md) or the path of a font file is expected',
    input: text,
  });
  return z.NEVER;
});

const TYPOGRAPHY = ['b', 'i', 'strikethrough'] as const;
const typography = z.string().transform((text, context): readonly string[] => {
  const words = text.split('_');
  if (words.every((word) => TYPOGRAPHY.some((each) => each === word))) return words;
  context.issues.push({ code: 'custom', message: 'b, i, strikethrough joined by _ are expected', input: text });
  return z.NEVER;
});

const pageNumber = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'a page from 1 on is expected')
  .transform(Number);

const common = {
  x: number(-1000, 1000).optional(),
  y: number(-1000, 1000).optional(),
  lx: offset.optional(),
  ly: offset.optional(),
  lxc: offset.optional(),
  lyc: offset.optional(),
  lap: z.enum(POSITIONS).default('top_left'),
  lfo: z.enum(POSITIONS).default('center'),
  lm: z.enum(['multiply', 'displace', 'cutout', 'cutter']).optional(),
  i: z.string().optional(),
  ie: z.string().optional(),
  lso: fixed.optional(),
  leo: fixed.optional(),
  ldu: fixed.optional(),
};
const SCHEMAS = {
  image: z.object({ ...common, pg: pageNumber.optional() }),
  solid: z.object({ ...common, w: fixed.optional(), h: fixed.optional(), bg: colour.optional(), al: alpha.optional() }),
  text: z.object({
    ...common,
    w: fixed.optional(),
    fs: fixed.optional(),
    co: colour.optional(),
    ff: font.optional(),
    ia: z.enum(['left', 'center', 'right']).default('center'),
    pa: padding.optional(),
    al: alpha.optional(),
    tg: typography.optional(),
    lh: fixed.optional(),
    bg: colour.optional(),
  }),
  video: z.object({ ...common, ...FILM_LAYER_SHAPES.video }),
  subtitles: z.object({ ...common, ...FILM_LAYER_SHAPES.subtitles }),
};

function parse<S extends z.ZodObject>(schema: S, params: Readonly<Record<string, string>>): z.infer<S> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? 'l');
  throw badParameter(key, `${key}-${String(params[key] ?? '').slice(0, 60)}: ${issue?.message ?? 'not valid'}`);
}

/** The text of a layer: `ie` is standard base64 of UTF-8, and wins. */
function textOf({ i, ie }: { i?: string | undefined; ie?: string | undefined }): string {
  const text = ie === undefined ? i : Buffer.from(ie, 'base64').toString('utf8');
  if (text === undefined) throw badParameter('i', 'the layer has no text');
  // Pango takes text only: control characters but line breaks are left out.
  return [...text.replaceAll('\r\n', '\n')]
    .filter((char) => char === '\n' || char >= ' ')
    .slice(0, MAX_TEXT)
    .join('');
}

/** One to nine tenths, unless the colour itself says how opaque it is. */
const faded = (given: Colour, tenths: number | undefined): Colour =>
  tenths === undefined || given.alpha < 1 ? given : { ...given, alpha: tenths / 10 };

const FULL = (variable: 'bw' | 'bh'): FixedLength => ({ kind: 'expression', expression: { first: variable, rest: [] } });

function sourceOf(
  type: LayerKind,
  params: Readonly<Record<string, string>>,
): { source: LayerSourceRecipe; read: z.infer<z.ZodObject<typeof common>> } {
  if (type === 'solid') {
    const read = parse(SCHEMAS.solid, params);
    // Without a colour it is there for a gradient.
    const named = !/^[0-9a-f]{6}/i.test(params.bg ?? '');
    const fill = read.bg ? faded(read.bg, named ? undefined : read.al) : CLEAR;
    return { read, source: { kind: 'solid', width: read.w ?? FULL('bw'), height: read.h ?? FULL('bh'), colour: fill } };
  }
  if (type === 'text') {
    const read = parse(SCHEMAS.text, params);
    const tags = read.tg ?? [];
    const source: LayerSourceRecipe = {
      kind: 'text',
      text: textOf(read),
      width: read.w ?? null,
      size: read.fs ?? { kind: 'number', value: DEFAULT_TEXT_SIZE },
      colour: faded(read.co ?? { r: 0, g: 0, b: 0, alpha: 1 }, read.al),
      font: read.ff ?? DEFAULT_FONT,
      bold: tags.includes('b'),
      italic: tags.includes('i'),
      strike: tags.includes('strikethrough'),
      align: read.ia,
      lineHeight: read.lh ?? null,
      padding: read.pa ?? [],
      background: read.bg ?? null,
    };
    return { read, source };
  }
  if (type === 'video') {
    const read = parse(SCHEMAS.video, params);
    return { read, source: videoSource(pathOf(read, 'film'), read) };
  }
  if (type === 'subtitles') {
    const read = parse(SCHEMAS.subtitles, params);
    return { read, source: subtitlesSource(pathOf(read, 'file'), read) };
  }
  const read = parse(SCHEMAS.image, params);
  return { read, source: { kind: 'image', path: pathOf(read, 'picture'), page: (read.pg ?? 1) - 1 } };
}

function pathOf({ i, ie }: { i?: string | undefined; ie?: string | undefined }, what: string): string {
  const path = libraryPath(i ?? (ie === undefined ? '' : Buffer.from(ie, 'base64').toString('utf8')));
  if (path === '') throw badParameter('i', `the layer has no ${what}`);
  return path;
}

/** `@@folder@@file.png` as delivery addresses it. */
export function libraryPath(value: string): string {
  return value
    .replaceAll('@@', '/')
    .split('/')
    .filter((part) => part !== '')
    .join('/')
    .normalize('NFC');
}

/** Whether the layer's own parameters say this. */
function says(layer: Layer, key: string, value: string): boolean {
  const [first] = layer.steps;
  return first?.kind === 'items' && first.items.some((item) => item.kind === 'param' && item.key === key && item.value === value);
}

/** What the type of a layer is really: `l-image,i-ik_canvas` is a plain or gradient area. */
function typeOf(layer: Layer): LayerKind {
  if (layer.type === 'subtitle') return 'subtitles';
  if (layer.type !== 'image') return layer.type;
  return says(layer, 'i', 'ik_canvas') ? 'solid' : 'image';
}

/**
 * @param readSteps reads the chain of the layer; parameters of its first step that belong to the layer are put into the context
 * @throws TransformationError
 */
export function readLayer(layer: Layer, readSteps: (steps: readonly Step[], context: LayerContext) => RecipeStep[]): LayerRecipe {
  const type = typeOf(layer);
  const params: Record<string, string> = {};
  const keys = says(layer, 'lm', 'displace') ? new Set([...OWN_KEYS[type], 'x', 'y']) : OWN_KEYS[type];
  const steps = readSteps(layer.steps, { keys, params, trimmed: type === 'image' });
  const { source, read } = sourceOf(type, params);
  if (source.kind === 'subtitles' && steps.some((step) => step.kind === 'if' || step.ops.length + step.layers.length > 0)) {
    throw unsupported('other parameters on subtitles');
  }
  const reach = { x: read.x ?? 0, y: read.y ?? 0 };
  if (read.lx && read.lxc) throw badParameter('lxc', 'lx and lxc say two places for one layer');
  if (read.ly && read.lyc) throw badParameter('lyc', 'ly and lyc say two places for one layer');
  const { lx = null, ly = null, lxc = null, lyc = null, lap, lfo, lm = 'over', lso = null, leo = null, ldu = null } = read;
  const timing = lso || leo || ldu ? { timing: { start: lso, end: leo, duration: ldu } } : {};
  return { source, steps, place: { lx, ly, lxc, lyc, anchor: lap, focus: lfo }, blend: lm, reach, ...timing };
}
