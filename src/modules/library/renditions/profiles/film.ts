import type { FilmOp, FilmPlan } from '../../../../platform/media/film-plan.ts';
import type { PlanOp } from '../../../../platform/media/plan.ts';
import { OPERATIONS } from '../operations/index.ts';
import { BLACK, type Hints } from '../operations/operation.ts';
import { type Ran, runSteps } from '../renditions.canvas.ts';
import type { FileInput, LayerInput } from '../renditions.late.ts';
import { badParameter, overLimit, unsupported } from '../renditions.problem.ts';
import type { Recipe } from '../renditions.reader.ts';
import type { RecipeStep } from '../renditions.tree.ts';
import { containerOf } from './containers.ts';
import { cutOf, type FilmFacts, shown } from './film-facts.ts';
import { checkFrames } from './film-limits.ts';
import { checkInsets, filmOps, MAX_FILM_PIXELS } from './film-ops.ts';

/** From a checked recipe and the facts of a film to what is made of it (delivery-urls 7). Pure. */

export interface FilmOptions {
  readonly hints: Hints;
  /** The client names `video/webm`. */
  readonly acceptsWebm: boolean;
  /** The client asks for fewer bytes: a quality that nobody named is lower. */
  readonly thrifty: boolean;
  /** Pictures of layers by library path; all that the recipe names. */
  readonly layers: ReadonlyMap<string, LayerInput>;
  readonly files: readonly FilmLayerFile[];
}

/** A film or subtitles laid over a film, by its number. */
export interface FilmLayerFile {
  /** Library path. */
  readonly path: string;
  /** null = subtitles. */
  readonly facts: FilmFacts | null;
}

const filesOf = (files: readonly FilmLayerFile[]): ReadonlyMap<string, FileInput> =>
  new Map(files.map(({ path, facts }, index) => [path, { index, size: facts && shown(facts), framing: facts?.framing ?? null }]));

const DEFAULT_QUALITY = 50;
const THRIFTY_QUALITY = Math.round(DEFAULT_QUALITY * 0.75);

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

export function run(recipe: Recipe, facts: FilmFacts, { hints, layers, files }: Pick<FilmOptions, 'hints' | 'layers' | 'files'>): Ran {
  const size = shown(facts);
  const { framing } = facts;
  const start = { ...size, hasAlpha: false, source: size, base: null, framing, hints, ops: [], open: false, moving: true as const };
  return runSteps(withoutFormat(recipe.steps), start, { hints, layers, files: filesOf(files) });
}

/** @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT */
export function opsOf(planned: readonly PlanOp[], facts: FilmFacts, laid: readonly FilmLayerFile[]): FilmOp[] {
  const files = laid.map((file) => file.facts);
  const ops = filmOps(planned, { facts, files, ground: BLACK });
  checkInsets(ops, files);
  checkFrames(ops, facts, files);
  return ops;
}

export interface PlannedFilm {
  readonly plan: FilmPlan;
  readonly mime: string;
  /** Whether the client's `Accept` decided. */
  readonly negotiated: boolean;
  /** A client that saves data gets (or would get) another quality. */
  readonly thrifty: boolean;
}

/** @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT */
export function planFilm(recipe: Recipe, facts: FilmFacts, options: FilmOptions): PlannedFilm {
  if (recipe.video?.rungs) throw badParameter('sr', 'sr belongs to /ik-master.m3u8 or /ik-master.mpd');
  checked(recipe.steps);
  const { canvas, output } = run(recipe, facts, options);
  if (canvas.width * canvas.height > MAX_FILM_PIXELS) throw overLimit('pixels of a film', canvas.width * canvas.height, MAX_FILM_PIXELS);
  const { container, video, audio, negotiated } = containerOf(recipe, facts.hasAudio, options.acceptsWebm);
  const ops = video ? opsOf(canvas.ops, facts, options.files) : [];
  const plan: FilmPlan = {
    make: 'film',
    cut: cutOf(recipe.video, facts),
    ops,
    container,
    video,
    audio,
    quality: output.quality ?? (options.thrifty ? THRIFTY_QUALITY : DEFAULT_QUALITY),
  };
  return { plan, mime: `${video ? 'video' : 'audio'}/${container}`, negotiated, thrifty: video !== null && output.quality === null };
}
