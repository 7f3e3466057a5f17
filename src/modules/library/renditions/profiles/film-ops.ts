import { everyOp, type FilmOp } from '../../../../platform/media/film-plan.ts';
import type { LayerPlan, LayerSource, PlanOp, Rgba } from '../../../../platform/media/plan.ts';
import { MAX_LAYER_PIXELS } from '../renditions.budget.ts';
import type { Size } from '../renditions.geometry.ts';
import { badParameter, overLimit, unsupported } from '../renditions.problem.ts';
import type { FilmSourceRecipe, LayerTiming } from '../renditions.tree.ts';
import { cutOf, type FilmFacts, lengthOf, secondsOf, shown } from './film-facts.ts';

/** Planned picture operations as those of a film (delivery-urls 5, 7). Pure. */

/** The film whose operations they are. */
export interface FilmCanvas {
  readonly facts: FilmFacts;
  /** Films laid over it, by their numbers; null = subtitles. */
  readonly files: readonly (FilmFacts | null)[];
  /** Seen where its corners are cut away; null = the film below. */
  readonly ground: Rgba | null;
}

const isRightAngle = (degrees: number): degrees is 90 | 180 | 270 => degrees === 90 || degrees === 180 || degrees === 270;

/** The size goes along. @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT */
export function filmOps(ops: readonly PlanOp[], canvas: FilmCanvas): FilmOp[] {
  const { facts } = canvas;
  let size = shown(facts);
  const out: FilmOp[] = facts.pixelRatio === 1 ? [] : [{ op: 'scale', ...size }];
  for (const [at, op] of ops.entries()) {
    if (op.op === 'rotate') {
      if (!isRightAngle(op.degrees)) throw badParameter('rt', 'films are turned by right angles');
      out.push({ op: 'turn', degrees: op.degrees });
      if (op.degrees !== 180) size = { width: size.height, height: size.width };
    } else if (op.op === 'corners') {
      const next = ops[at + 1];
      out.push({ op: 'corners', radii: op.radii, ...size, colour: next?.op === 'flatten' ? next.background : canvas.ground });
    } else if (op.op === 'layer') {
      out.push(laid(op.layer, size, canvas));
    } else if (op.op === 'fill') {
      if (op.fill.kind !== 'blurred') throw unsupported('bg of a film other than a colour or blurred');
      const { left, top, width, height, fill } = op;
      out.push({ op: 'blurred', left, top, width, height, fill });
      size = { width, height };
    } else if (op.op === 'scale' || op.op === 'attention' || op.op === 'extract' || op.op === 'pad') {
      out.push(op);
      size = { width: op.width, height: op.height };
    } else if (op.op === 'flip') out.push(op);
    else if (op.op !== 'flatten') throw unsupported(`${op.op} of a film`);
  }
  return out;
}

/** Times are those of what comes out. */
function laid(layer: LayerPlan, size: Size, canvas: FilmCanvas): FilmOp {
  const { facts } = canvas;
  if (layer.blend !== 'over') throw unsupported(`lm-${layer.blend} on a film`);
  // Only our own plans come back.
  const { timing, ...drawn } = layer;
  const { start = null, end = null, duration = null } = (timing as LayerTiming | undefined) ?? {};
  const from = start ? secondsOf('lso', start, facts) : 0;
  const until = end ? secondsOf('leo', end, facts) : duration ? from + secondsOf('ldu', duration, facts) : null;
  if (until !== null && until <= from)
    throw badParameter(end ? 'leo' : 'ldu', `the layer ends at ${until} s, before it begins (${from} s)`);
  const { source } = layer;
  if (source.kind === 'subtitles') return { op: 'subtitles', input: source.input, style: source.style, from, until, ...size };
  if (source.kind === 'film') return inset(source, layer, { from, until }, canvas);
  return { op: 'overlay', layer: drawn, from, until, width: size.width, height: size.height };
}

/** Picture in picture: another film, gone when it ends. */
function inset(
  { input, wishes }: Extract<LayerSource, { kind: 'film' }>,
  { ops, place }: LayerPlan,
  { from, until }: { from: number; until: number | null },
  { facts, files }: FilmCanvas,
): FilmOp {
  const own = files[input];
  // A size that waits for pixels comes of trimming only, which films do not know.
  if (!own || 'op' in place) throw unsupported('t on a film');
  const cut = cutOf(wishes as Extract<FilmSourceRecipe, { kind: 'film' }>, own, facts.seconds);
  const length = lengthOf(cut, own);
  const end = length === null ? until : Math.min(until ?? Number.POSITIVE_INFINITY, Math.round((from + length) * 100) / 100);
  return {
    op: 'inset',
    input,
    cut,
    ops: filmOps(ops, { facts: own, files, ground: null }),
    left: place.left,
    top: place.top,
    from,
    until: end,
  };
}

/** Largest picture of a film, px. */
export const MAX_FILM_PIXELS = 3840 * 2160;

/** Films in a film: as many pixels in all as the layers of a picture may have, and each no larger than a film. @throws TransformationError ELIMIT */
export function checkInsets(ops: readonly FilmOp[], files: readonly (FilmFacts | null)[]): void {
  for (const op of everyOp(ops.filter(({ op }) => op === 'inset'))) {
    const size = 'width' in op ? op.width * op.height : 0;
    if (size > MAX_FILM_PIXELS) throw overLimit('pixels of a film', size, MAX_FILM_PIXELS);
  }
  const pixels = ops.reduce((sum, op) => {
    const facts = op.op === 'inset' ? files[op.input] : null;
    return facts ? sum + facts.width * facts.height : sum;
  }, 0);
  if (pixels > MAX_LAYER_PIXELS) throw overLimit('pixels of all layers', pixels, MAX_LAYER_PIXELS);
}
