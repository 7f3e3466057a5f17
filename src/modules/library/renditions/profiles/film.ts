import type { FilmCut, FilmOp, FilmPlan, LadderPlan, RungPlan, SpritePlan } from '../../../../platform/media/film-plan.ts';
import type { PlanOp, Rgba } from '../../../../platform/media/plan.ts';
import { OPERATIONS } from '../operations/index.ts';
import { BLACK, type Hints } from '../operations/operation.ts';
import { type Ran, runSteps } from '../renditions.canvas.ts';
import { evaluate } from '../renditions.expression.ts';
import { geometry, type Size } from '../renditions.geometry.ts';
import { badParameter, overLimit, unsupported } from '../renditions.problem.ts';
import type { Recipe } from '../renditions.reader.ts';
import type { FixedLength, RecipeStep } from '../renditions.tree.ts';
import { containerOf } from './containers.ts';
import type { Rung } from './wishes.ts';

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
}

/** Longest film that is worked on as a whole, s. */
export const MAX_FILM_SECONDS = 3_600;
/** Largest picture of a film, px. */
const MAX_FILM_PIXELS = 3840 * 2160;
const DEFAULT_QUALITY = 50;
const SEGMENT_SECONDS = 4;

/** Picture operations that films have too; all others are refused, never left out. */
const FOR_FILMS: ReadonlySet<string> = new Set([
  ...['resize', 'rotate', 'flip', 'border', 'rounded corners', 'background'],
  ...['quality', 'format', 'original', 'default image'],
]);

function eachOp(steps: readonly RecipeStep[], see: (name: string) => void): void {
  for (const step of steps) {
    if (step.kind === 'if') eachOp([...step.then, ...step.otherwise], see);
    else {
      if (step.layers.length > 0) throw unsupported('a layer on a film');
      for (const { name } of step.ops) see(name);
    }
  }
}

/** @throws EUNSUPPORTED for what only pictures have; whether a quality was said */
function checked(steps: readonly RecipeStep[]): { saysQuality: boolean } {
  let saysQuality = false;
  eachOp(steps, (name) => {
    if (!FOR_FILMS.has(name)) throw unsupported(OPERATIONS.find((each) => each.name === name)?.keys[0] ?? name);
    saysQuality ||= name === 'quality';
  });
  return { saysQuality };
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
const shown = ({ width, height, pixelRatio }: FilmFacts): Size => ({ width: Math.max(1, Math.round(width * pixelRatio)), height });

function run(recipe: Recipe, facts: FilmFacts, hints: Hints): Ran {
  const size = shown(facts);
  const start = { ...size, hasAlpha: false, source: size, base: null, hints, ops: [], open: false };
  return runSteps(withoutFormat(recipe.steps), start, { hints, layers: new Map() });
}

const isRightAngle = (degrees: number): degrees is 90 | 180 | 270 => degrees === 90 || degrees === 180 || degrees === 270;

/** Picture operations as those of a film; the size goes along. */
function filmOps(ops: readonly PlanOp[], facts: FilmFacts): FilmOp[] {
  let size = shown(facts);
  const out: FilmOp[] = facts.pixelRatio === 1 ? [] : [{ op: 'scale', ...size }];
  for (const [at, op] of ops.entries()) {
    if (op.op === 'rotate') {
      if (!isRightAngle(op.degrees)) throw badParameter('rt', 'films are turned by right angles');
      out.push({ op: 'turn', degrees: op.degrees });
      if (op.degrees !== 180) size = { width: size.height, height: size.width };
    } else if (op.op === 'corners') {
      out.push({ op: 'corners', radii: op.radii, ...size, colour: groundOf(ops[at + 1]) });
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

/** Films are opaque: what is cut away shows a colour. */
const groundOf = (next: PlanOp | undefined): Rgba => (next?.op === 'flatten' ? next.background : BLACK);

function secondsOf(key: string, value: FixedLength, facts: FilmFacts): number {
  if (value.kind === 'number') return value.value;
  const { width, height, seconds } = facts;
  const result = evaluate(value.expression, { iw: width, ih: height, iar: width / height, ...(seconds === null ? {} : { idu: seconds }) });
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
  const { saysQuality } = checked(recipe.steps);
  const { canvas, output } = run(recipe, facts, options.hints);
  if (canvas.width * canvas.height > MAX_FILM_PIXELS) throw overLimit('pixels of a film', canvas.width * canvas.height, MAX_FILM_PIXELS);
  const { container, video, audio, negotiated } = containerOf(recipe, facts.hasAudio, options.acceptsWebm);
  const plan: FilmPlan = {
    make: 'film',
    cut: cutOf(recipe, facts),
    ops: video ? filmOps(canvas.ops, facts) : [],
    container,
    video,
    audio,
    quality: saysQuality ? output.quality : DEFAULT_QUALITY,
  };
  return { plan, mime: `${video ? 'video' : 'audio'}/${container}`, negotiated };
}

/** Box and most bits of picture per second of each step (delivery-urls 7). */
const BOXES: Record<Rung, { width: number; height: number; kbps: number }> = {
  240: { width: 426, height: 240, kbps: 200 },
  360: { width: 640, height: 360, kbps: 400 },
  480: { width: 854, height: 480, kbps: 800 },
  720: { width: 1280, height: 720, kbps: 3_300 },
  1080: { width: 1920, height: 1080, kbps: 5_500 },
  1440: { width: 2560, height: 1440, kbps: 12_000 },
  2160: { width: 3840, height: 2160, kbps: 18_000 },
};

const even = (value: number) => Math.max(2, 2 * Math.round(value / 2));

/** The step as this film fits into it, never enlarged. */
function rungOf(rung: Rung, size: Size): RungPlan {
  const { kbps, ...box } = BOXES[rung];
  const request = { ...box, crop: 'at_max', focus: 'center', x: null, y: null, xc: null, yc: null } as const;
  const fitted = geometry(size, request);
  const { width, height } = fitted === 'outside' || !fitted.scale ? size : fitted.scale;
  return { name: String(rung), width: even(width), height: even(height), kbps };
}

const NOT_WITH_RUNGS = ['vc', 'ac', 'f', 'q', 'w', 'h', 'ar'];

/**
 * A streaming ladder; steps larger than the film fall together into one.
 * @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT
 */
export function planLadder(recipe: Recipe, facts: FilmFacts): LadderPlan {
  const rungs = recipe.video?.rungs;
  if (!rungs?.length) throw badParameter('sr', 'a manifest needs its steps: tr=sr-360_720_1080');
  if (recipe.video?.videoCodec || recipe.video?.audioCodec || recipe.format !== null)
    throw badParameter('sr', `sr goes without ${NOT_WITH_RUNGS.join(', ')}`);
  eachOp(recipe.steps, (name) => {
    if (name === 'resize' || name === 'quality') throw badParameter('sr', `sr goes without ${NOT_WITH_RUNGS.join(', ')}`);
  });
  checked(recipe.steps);
  const { canvas } = run(recipe, facts, { width: null, dpr: null });
  const fitted = rungs.map((rung) => rungOf(rung, canvas));
  const distinct = fitted.filter(({ width, height }, i) => i === 0 || width !== fitted[i - 1]?.width || height !== fitted[i - 1]?.height);
  return {
    make: 'ladder',
    cut: cutOf(recipe, facts),
    ops: filmOps(canvas.ops, facts),
    rungs: distinct,
    audio: facts.hasAudio,
    segment: SEGMENT_SECONDS,
  };
}

const SPRITE_WIDTH = 160;
const SPRITE_MOST = 100;
const SPRITE_COLUMNS = 10;

/**
 * Small pictures of the whole film, at most a hundred; `w` is the width of one.
 * @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT
 */
export function planSprite(recipe: Recipe, facts: FilmFacts): SpritePlan {
  if (recipe.video) throw badParameter('so', 'a sprite shows the whole film; it takes w only');
  if (facts.seconds === null) throw badParameter('path', 'the length of the film is not known');
  if (facts.seconds > 4 * MAX_FILM_SECONDS) throw overLimit('seconds of a film', Math.ceil(facts.seconds), 4 * MAX_FILM_SECONDS);
  eachOp(recipe.steps, (name) => {
    if (name !== 'resize') throw badParameter('w', 'a sprite takes w only');
  });
  const { canvas } = run(recipe, facts, { width: null, dpr: null });
  const own = shown(facts);
  const asked = recipe.plain ? SPRITE_WIDTH : canvas.width;
  if (asked > 480) throw overLimit('width of a picture of a sprite', asked, 480);
  const width = even(Math.min(asked, own.width));
  const interval = Math.max(1, Math.ceil(facts.seconds / SPRITE_MOST));
  const count = Math.max(1, Math.ceil(facts.seconds / interval));
  return {
    make: 'sprite',
    width,
    height: even((width * own.height) / own.width),
    interval,
    columns: Math.min(count, SPRITE_COLUMNS),
    rows: Math.ceil(count / SPRITE_COLUMNS),
  };
}
