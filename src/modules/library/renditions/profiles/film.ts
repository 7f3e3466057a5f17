import type { FilmCut, FilmOp, FilmPlan } from '../../../../platform/media/film-plan.ts';
import type { LayerPlan, PlanOp, Rgba } from '../../../../platform/media/plan.ts';
import { OPERATIONS } from '../operations/index.ts';
import { BLACK, type Hints } from '../operations/operation.ts';
import { type Ran, runSteps } from '../renditions.canvas.ts';
import { evaluate } from '../renditions.expression.ts';
import type { Size } from '../renditions.geometry.ts';
import type { LayerInput } from '../renditions.late.ts';
import { badParameter, overLimit, unsupported } from '../renditions.problem.ts';
import type { Recipe } from '../renditions.reader.ts';
import type { FixedLength, LayerTiming, RecipeStep } from '../renditions.tree.ts';
import { containerOf } from './containers.ts';
import { checkFrames } from './film-limits.ts';

/** From a checked recipe and the facts of a film to what is made of it (delivery-urls 7). Pure. */

export interface FilmFacts extends Size {
  /** s; null = not known. */
  readonly seconds: number | null;
  readonly hasAudio: boolean;
  /** Width over height of its pixels. */
  readonly pixelRatio: number;
}

export interface FilmOptions {
  readonly hints: Hints;
  /** The client names `video/webm`. */
  readonly acceptsWebm: boolean;
  /** Pictures of layers by library path; all that the recipe names. */
  readonly layers: ReadonlyMap<string, LayerInput>;
}

/** Longest film that is worked on as a whole, s. */
export const MAX_FILM_SECONDS = 3_600;
/** Largest picture of a film, px. */
const MAX_FILM_PIXELS = 3840 * 2160;
const DEFAULT_QUALITY = 50;

/** Picture operations that films have too; all others are refused, never left out. */
const FOR_FILMS: ReadonlySet<string> = new Set([
  ...['resize', 'rotate', 'flip', 'border', 'rounded corners', 'background'],
  ...['quality', 'format', 'original', 'default image'],
]);

export function eachOp(steps: readonly RecipeStep[], see: (name: string) => void): void {
  for (const step of steps) {
    if (step.kind === 'if') eachOp([...step.then, ...step.otherwise], see);
    else for (const { name } of step.ops) see(name);
  }
}

/** @throws EUNSUPPORTED for what only pictures have */
export function checked(steps: readonly RecipeStep[]): void {
  eachOp(steps, (name) => {
    if (!FOR_FILMS.has(name)) throw unsupported(OPERATIONS.find((each) => each.name === name)?.keys[0] ?? name);
  });
}

/** The format of a film is chosen elsewhere; the picture formats know nothing of it. */
function withoutFormat(steps: readonly RecipeStep[]): RecipeStep[] {
  return steps.map((step) =>
    step.kind === 'if'
      ? { ...step, then: withoutFormat(step.then), otherwise: withoutFormat(step.otherwise) }
      : { ...step, ops: step.ops.filter(({ name }) => name !== 'format') },
  );
}

/** Square pixels, as a player shows them. */
export const shown = ({ width, height, pixelRatio }: FilmFacts): Size => ({ width: Math.max(1, Math.round(width * pixelRatio)), height });

export function run(recipe: Recipe, facts: FilmFacts, { hints, layers }: Pick<FilmOptions, 'hints' | 'layers'>): Ran {
  const size = shown(facts);
  const start = { ...size, hasAlpha: false, source: size, base: null, framing: null, hints, ops: [], open: false, moving: true as const };
  return runSteps(withoutFormat(recipe.steps), start, { hints, layers });
}

const isRightAngle = (degrees: number): degrees is 90 | 180 | 270 => degrees === 90 || degrees === 180 || degrees === 270;

/** Picture operations as those of a film; the size goes along. */
export function filmOps(ops: readonly PlanOp[], facts: FilmFacts): FilmOp[] {
  let size = shown(facts);
  const out: FilmOp[] = facts.pixelRatio === 1 ? [] : [{ op: 'scale', ...size }];
  for (const [at, op] of ops.entries()) {
    if (op.op === 'rotate') {
      if (!isRightAngle(op.degrees)) throw badParameter('rt', 'films are turned by right angles');
      out.push({ op: 'turn', degrees: op.degrees });
      if (op.degrees !== 180) size = { width: size.height, height: size.width };
    } else if (op.op === 'corners') {
      out.push({ op: 'corners', radii: op.radii, ...size, colour: groundOf(ops[at + 1]) });
    } else if (op.op === 'layer') {
      out.push(overlayOf(op.layer, size, facts));
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
function overlayOf(layer: LayerPlan, size: Size, facts: FilmFacts): FilmOp {
  if (layer.blend !== 'over') throw unsupported(`lm-${layer.blend} on a film`);
  // Only our own plans come back.
  const { timing, ...drawn } = layer;
  const { start = null, end = null, duration = null } = (timing as LayerTiming | undefined) ?? {};
  const from = start ? secondsOf('lso', start, facts) : 0;
  const until = end ? secondsOf('leo', end, facts) : duration ? from + secondsOf('ldu', duration, facts) : null;
  if (until !== null && until <= from)
    throw badParameter(end ? 'leo' : 'ldu', `the layer ends at ${until} s, before it begins (${from} s)`);
  return { op: 'overlay', layer: drawn, from, until, width: size.width, height: size.height };
}

/** Films are opaque: what is cut away shows a colour. */
const groundOf = (next: PlanOp | undefined): Rgba => (next?.op === 'flatten' ? next.background : BLACK);

function secondsOf(key: string, value: FixedLength, facts: FilmFacts): number {
  if (value.kind === 'number') return value.value;
  const { width, height, seconds } = facts;
  const result = evaluate(value.expression, {
    iw: width,
    ih: height,
    iar: width / height,
    ...(seconds === null ? {} : { idu: seconds, bdu: seconds }),
  });
  if (result === null || result < 0) throw badParameter(key, `the expression of ${key} cannot be computed for this film`);
  return Math.round(result * 100) / 100;
}

/**
 * Which part of the film is meant.
 * @throws EPARAM for what lies outside it, ELIMIT for more than is worked on
 */
export function cutOf(recipe: Recipe, facts: FilmFacts): FilmCut {
  const { start: so = null, end: eo = null, duration: du = null } = recipe.video ?? {};
  const { seconds } = facts;
  const start = so ? secondsOf('so', so, facts) : 0;
  if (seconds !== null && start >= seconds) throw badParameter('so', `so is ${start} s, the film is ${seconds} s long`);
  const end = eo ? secondsOf('eo', eo, facts) : null;
  if (end !== null && end <= start) throw badParameter('eo', `eo is ${end} s, which is not after so (${start} s)`);
  if (end !== null && seconds !== null && end > seconds) throw badParameter('eo', `eo is ${end} s, the film is ${seconds} s long`);
  const wanted = du ? secondsOf('du', du, facts) : end === null ? null : end - start;
  if (wanted !== null && wanted <= 0) throw badParameter('du', 'du must be more than 0');
  const length = Math.min(wanted ?? Number.POSITIVE_INFINITY, (seconds ?? Number.POSITIVE_INFINITY) - start);
  if (Number.isFinite(length) && length > MAX_FILM_SECONDS) throw overLimit('seconds of a film', Math.ceil(length), MAX_FILM_SECONDS);
  // What is longer than what there is means: to the end; one derivative, not many.
  const whole = wanted === null || (seconds !== null && wanted >= seconds - start);
  return { start, duration: whole ? null : Math.round(wanted * 100) / 100 };
}

export interface PlannedFilm {
  readonly plan: FilmPlan;
  readonly mime: string;
  /** Whether the client's `Accept` decided. */
  readonly negotiated: boolean;
}

/** @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT */
export function planFilm(recipe: Recipe, facts: FilmFacts, options: FilmOptions): PlannedFilm {
  if (recipe.video?.rungs) throw badParameter('sr', 'sr belongs to /ik-master.m3u8 or /ik-master.mpd');
  checked(recipe.steps);
  const { canvas, output } = run(recipe, facts, options);
  if (canvas.width * canvas.height > MAX_FILM_PIXELS) throw overLimit('pixels of a film', canvas.width * canvas.height, MAX_FILM_PIXELS);
  const { container, video, audio, negotiated } = containerOf(recipe, facts.hasAudio, options.acceptsWebm);
  const ops = video ? filmOps(canvas.ops, facts) : [];
  if (video) checkFrames(ops, facts);
  const plan: FilmPlan = {
    make: 'film',
    cut: cutOf(recipe, facts),
    ops,
    container,
    video,
    audio,
    quality: output.quality ?? DEFAULT_QUALITY,
  };
  return { plan, mime: `${video ? 'video' : 'audio'}/${container}`, negotiated };
}
