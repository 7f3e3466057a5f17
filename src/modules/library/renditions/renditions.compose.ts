import type { LayerPlan, LayerSource, PixelOp, SubtitleStyle, TextSource } from '../../../platform/media/plan.ts';
import { BLACK, type Canvas, MAX_PIXEL_WORK, MAX_SIDE } from './operations/operation.ts';
import { lengthOn } from './operations/values.ts';
import type { Framing } from './renditions.framing.ts';
import type { Position, Size } from './renditions.geometry.ts';
import { latePlace, type PlannerInput } from './renditions.late.ts';
import { badParameter, overLimit, unsupported } from './renditions.problem.ts';
import type { FilmSourceRecipe, FixedLength, LayerRecipe, LayerSourceRecipe, Offset, PlaceRecipe, RecipeStep } from './renditions.tree.ts';

/** Layers on a canvas: what they are made of, and where they go. Pure. */

/** Expressions of what a layer is made of may speak of the picture below only. */
function onBase(key: string, value: FixedLength, base: Size, range: { min: number; max: number }): number {
  const px = lengthOn(key, value, { source: base, width: base.width, height: base.height, base });
  if (!(px >= range.min)) throw badParameter(key, `${key} must be at least ${range.min}`);
  if (px > range.max) throw overLimit(`${key} of a layer`, Math.round(px), range.max);
  return px;
}

/** One to four lengths in the order of CSS. */
function paddingOf(padding: readonly FixedLength[], base: Size): [number, number, number, number] {
  const [top = 0, right = top, bottom = top, left = right] = padding.map((each) =>
    Math.round(onBase('pa', each, base, { min: 0, max: MAX_SIDE / 4 })),
  );
  return [top, right, bottom, left];
}

/** Letters larger than this are a picture's business. */
const MAX_LETTER = 2_000;

function textSource(source: Extract<LayerSourceRecipe, { kind: 'text' }>, base: Size): LayerSource {
  const { text, colour, font, bold, italic, strike, align, background } = source;
  const size = onBase('fs', source.size, base, { min: 1, max: MAX_LETTER });
  if (typeof font !== 'string' && 'path' in font) throw new Error('a typeface of a text has no number');
  // What it may cover at most, before anything is drawn: no letter is wider than it is high.
  const pixels = Math.ceil(text.length * size * size);
  if (pixels > MAX_PIXEL_WORK) throw overLimit('pixels of a text', pixels, MAX_PIXEL_WORK);
  return {
    kind: 'text',
    text,
    width: source.width && Math.max(1, Math.round(onBase('w', source.width, base, { min: 0, max: MAX_SIDE }))),
    size: Math.round(size * 100) / 100,
    colour,
    font,
    bold,
    italic,
    strike,
    align,
    ...lines(source.lineHeight && onBase('lh', source.lineHeight, base, { min: 0.1, max: size * 10 })),
    padding: paddingOf(source.padding, base),
    background,
  };
}

/** Up to 5 it is a multiple, above px. */
function lines(height: number | null): Pick<TextSource, 'lineHeight' | 'lineDistance'> {
  const value = height && Math.round(height * 1000) / 1000;
  return value !== null && value > 5 ? { lineHeight: null, lineDistance: value } : { lineHeight: value };
}

interface Sourced {
  readonly source: LayerSource;
  /** null = known only when it is drawn. */
  readonly size: Size | null;
  readonly hasAlpha: boolean;
  readonly framing?: Framing | null | undefined;
}

/** Letters of subtitles whose size nobody named: a share of the film's height, and no smaller than one can read, px. */
const SUBTITLE_SHARE = 0.06;
const SUBTITLE_LEAST = 12;

function subtitleStyle(source: Extract<LayerSourceRecipe, { kind: 'subtitles' }>, base: Size): SubtitleStyle {
  const { path: _, kind: __, size: asked, ...look } = source;
  const given = asked && onBase('fs', asked, base, { min: 4, max: MAX_LETTER });
  const size = Math.round(given ?? Math.max(SUBTITLE_LEAST, base.height * SUBTITLE_SHARE));
  // White letters on a white wall: something has to be around them.
  const bare = !look.outline && !look.shadow && !look.background;
  return { ...look, size, outline: bare ? { width: Math.max(1, Math.round(size / 16)), colour: BLACK } : look.outline };
}

function fileSourced(source: FilmSourceRecipe, base: Size, { files }: PlannerInput): Sourced {
  if (!files) throw unsupported(`${source.kind === 'film' ? 'l-video' : 'l-subtitles'} on a picture`);
  const file = files.get(source.path);
  if (!file) throw new Error(`the file ${source.path} of a layer was not looked up`);
  const { index: input, size, framing } = file;
  if (source.kind === 'subtitles') {
    return { source: { kind: 'subtitles', input, style: subtitleStyle(source, base) }, size: base, hasAlpha: true };
  }
  const { start, end, duration } = source;
  return { source: { kind: 'film', input, wishes: { start, end, duration } }, size, hasAlpha: false, framing };
}

function sourced(source: LayerSourceRecipe, base: Size, input: PlannerInput): Sourced {
  const { layers } = input;
  if (source.kind === 'film' || source.kind === 'subtitles') return fileSourced(source, base, input);
  if (source.kind === 'text') return { source: textSource(source, base), size: null, hasAlpha: true };
  if (source.kind === 'solid') {
    const side = (key: 'w' | 'h', value: FixedLength) => Math.max(1, Math.round(onBase(key, value, base, { min: 0, max: MAX_SIDE })));
    const size = { width: side('w', source.width), height: side('h', source.height) };
    if (size.width * size.height > MAX_PIXEL_WORK) throw overLimit('pixels of a layer', size.width * size.height, MAX_PIXEL_WORK);
    return { source: { kind: 'solid', ...size, colour: source.colour }, size, hasAlpha: true };
  }
  const picture = layers.get(source.path);
  if (!picture) throw new Error(`the picture ${source.path} of a layer was not looked up`);
  const { index, width, height, hasAlpha, framing } = picture;
  return { source: { kind: 'image', input: index, page: source.page }, size: { width, height }, hasAlpha, framing };
}

const SHARE = { start: 0, middle: 0.5, end: 1 } as const;
const across = (at: Position) => SHARE[at.endsWith('left') ? 'start' : at.endsWith('right') ? 'end' : 'middle'];
const down = (at: Position) => SHARE[at.startsWith('top') ? 'start' : at.startsWith('bottom') ? 'end' : 'middle'];

/** Along one axis: where the start of the layer goes. `origin` is the anchor's place. */
function along(
  lengths: { corner: number | null; opposite: boolean; centre: number | null },
  outer: number,
  inner: number,
  origin: number,
): number {
  const { corner, opposite, centre } = lengths;
  if (centre !== null) return Math.round(origin + (opposite ? -centre : centre) - inner / 2);
  if (corner === null) return Math.round(origin);
  const at = opposite && origin === 0 ? outer - inner - corner : origin + (opposite ? -corner : corner);
  // Out of range is moved to the edge.
  return Math.round(Math.min(Math.max(at, Math.min(0, outer - inner)), Math.max(0, outer - 1)));
}

/** Where a layer of this size goes (delivery-urls 5). `cw`, `ch` are its final size. */
export function placeOf(place: PlaceRecipe, base: Size, layer: Size, source: Size): { left: number; top: number } {
  const { lx, ly, lxc, lyc, anchor, focus } = place;
  if (!lx && !ly && !lxc && !lyc) {
    return { left: Math.floor((base.width - layer.width) * across(focus)), top: Math.floor((base.height - layer.height) * down(focus)) };
  }
  const px = (key: string, offset: Offset | null) =>
    offset && lengthOn(key, offset.value, { source, base, width: layer.width, height: layer.height });
  const x = { corner: px('lx', lx), centre: px('lxc', lxc), opposite: (lxc ?? lx)?.opposite ?? false };
  const y = { corner: px('ly', ly), centre: px('lyc', lyc), opposite: (lyc ?? ly)?.opposite ?? false };
  return {
    left: along(x, base.width, layer.width, base.width * across(anchor)),
    top: along(y, base.height, layer.height, base.height * down(anchor)),
  };
}

/**
 * The operation that puts a layer on this canvas.
 * @param run plans the layer's own steps
 * @throws TransformationError
 */
export function layerOp(
  layer: LayerRecipe,
  canvas: Canvas,
  input: PlannerInput,
  run: (steps: readonly RecipeStep[], start: Canvas) => Canvas,
): PixelOp {
  const base = { width: canvas.width, height: canvas.height };
  const { source, size, hasAlpha, framing = null } = sourced(layer.source, base, input);
  const start: Canvas = {
    ...(size ?? base),
    hasAlpha,
    source: size ?? base,
    base,
    hints: input.hints,
    framing,
    ops: [],
    open: size === null,
    // Layers of a film have times, also of one that is laid over another.
    ...(source.kind === 'film' ? { moving: true as const } : {}),
  };
  const made = run(layer.steps, start);
  const plan: LayerPlan = {
    source,
    ops: made.ops,
    place: made.open ? latePlace(layer.place, base, size) : placeOf(layer.place, base, made, size ?? base),
    blend: layer.blend,
    ...(layer.blend === 'displace' ? { reach: layer.reach } : {}),
    ...(layer.timing && canvas.moving ? { timing: layer.timing } : {}),
  };
  return { op: 'layer', layer: plan };
}
