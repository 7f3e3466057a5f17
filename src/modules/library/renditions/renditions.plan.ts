import type { ImagePlan, Measured, PlanOp, Rights } from '../../../platform/media/plan.ts';
import { isStageOp, stagesOf } from '../../../platform/media/plan-stages.ts';
import { BLACK, type Canvas, type FormatChoice, type Hints, MAX_PIXELS, MAX_SIDE, push } from './operations/operation.ts';
import { runSteps } from './renditions.canvas.ts';
import { placeOf } from './renditions.compose.ts';
import { encodeOf, isLossy, type MetadataPolicy } from './renditions.encode.ts';
import type { Framing } from './renditions.framing.ts';
import { flattenedLate, type Late, type LayerInput, type PlannerInput, resumedCanvas } from './renditions.late.ts';
import { type Accepts, negotiate, type Outcome } from './renditions.negotiation.ts';
import { badParameter, overLimit, TransformationError, unsupported } from './renditions.problem.ts';
import type { Recipe } from './renditions.reader.ts';

/** From a checked recipe and the facts of an asset to the plan of its derivative. Pure. */

export interface PlanSource {
  /** Upright size in px. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean | null;
  readonly mime: string;
  readonly frames: number | null;
  /** They may differ in size. */
  readonly pages?: number | null;
  /** Dots per inch that its file says; null = it says nothing. */
  readonly density?: number | null;
  /** What a person marked as important in it. */
  readonly framing?: Framing | null;
  /** What its file says of its rights; null = nothing. */
  readonly rights?: Rights | null;
  /** The size is that of another page or frame: what depends on it is planned when the pixels are there. `framing` is of that one. */
  readonly open?: boolean;
}

export interface PlanOptions {
  readonly accept: Accepts;
  /** Whether `f-auto` may choose AVIF. */
  readonly avif: boolean;
  readonly hints?: Hints;
  /** The client asks for fewer bytes: a quality that nobody named is lower. */
  readonly thrifty?: boolean;
  /** What of the file's metadata a derivative keeps when the address does not say; default `strip`. */
  readonly metadata?: MetadataPolicy;
  /** Pictures of layers by library path; all that the recipe names. */
  readonly layers?: ReadonlyMap<string, LayerInput>;
}

const NO_HINTS: Hints = { width: null, dpr: null };
/** Of files that say nothing, as everybody has it. */
const USUAL_DENSITY = 72;
const WEBP_MAX_SIDE = 16_383;
/** Operations libvips can do to all frames at once. */
const KEEPS_FRAMES: ReadonlySet<PlanOp['op']> = new Set(['scale', 'extract', 'pad', 'flatten']);

function keepsFrames(ops: readonly PlanOp[], canvas: Canvas, frames: number): boolean {
  const largest = Math.max(canvas.source.width * canvas.source.height, canvas.width * canvas.height);
  return ops.every((op) => KEEPS_FRAMES.has(op.op)) && stagesOf(ops.filter(isStageOp)).length === 1 && largest * frames <= MAX_PIXELS;
}

/** @param other another page than the size is of; what a person marked is on the first */
function startOf(source: PlanSource, hints: Hints, other: boolean): Canvas {
  const open = other || (source.open ?? false);
  const size = { width: source.width, height: source.height };
  const hasAlpha = source.mime !== 'image/jpeg' && source.hasAlpha !== false;
  const density = source.density ?? USUAL_DENSITY;
  return { ...size, hasAlpha, source: size, base: null, hints, density, framing: other ? null : (source.framing ?? null), ops: [], open };
}

function checkSize(format: Outcome, canvas: Canvas): void {
  const longest = Math.max(canvas.width, canvas.height);
  const allowed = format === 'webp' ? WEBP_MAX_SIDE : MAX_SIDE;
  if (longest > allowed) throw overLimit(`longest side of ${format}`, longest, allowed);
  if (canvas.width * canvas.height > MAX_PIXELS) throw overLimit('pixels', canvas.width * canvas.height, MAX_PIXELS);
}

export interface Planned {
  readonly plan: ImagePlan;
  /** What was asked for. */
  readonly choice: FormatChoice;
  readonly format: Outcome;
  /** A client that saves data gets (or would get) another quality. */
  readonly thrifty: boolean;
  /** The size is that of the result, not what it would be if nothing were trimmed. */
  readonly exact: boolean;
  /** px */
  readonly width: number;
  readonly height: number;
}

function pageOf(recipe: Recipe, frames: number): number {
  if (recipe.selection) throw unsupported('pg with several pages, of what is no PSD,');
  const page = recipe.page ?? 1;
  if (page > frames) {
    const has = frames > 1 ? `the file has ${frames} pages` : 'the file has one page';
    throw new TransformationError('EPARAM', `pg-${page}: ${has}`, { parameter: 'pg', given: page, allowed: frames });
  }
  return page - 1;
}

function flattenForJpeg(canvas: Canvas): readonly PlanOp[] {
  if (canvas.open) return flattenedLate(canvas.ops);
  return canvas.hasAlpha ? push(canvas, { op: 'flatten', background: BLACK }, canvas, false).ops : canvas.ops;
}

/**
 * The plan of a derivative, in the pixels of the upright asset.
 * @throws TransformationError EPARAM (a value that makes no sense for this asset), ELIMIT
 */
export function planFor(recipe: Recipe, source: PlanSource, options: PlanOptions): Planned {
  const [file] = recipe.files;
  if (file) throw unsupported(`${file.kind === 'film' ? 'l-video' : 'l-subtitles'} on a picture`);
  const frames = source.frames ?? 1;
  const page = pageOf(recipe, Math.max(frames, source.pages ?? 1));
  const moving = recipe.page === null && frames > 1 && (source.mime === 'image/gif' || source.mime === 'image/webp');
  const hints = options.hints ?? NO_HINTS;
  const { canvas, output } = runSteps(recipe.steps, startOf(source, hints, !source.open && page > 0 && frames === 1), {
    hints,
    layers: options.layers ?? new Map(),
  });
  if (output.format === 'gif' && source.mime !== 'image/gif') throw badParameter('f', 'f-gif is made from GIF only');
  const animated = moving && keepsFrames(canvas.ops, canvas, frames);
  // Neither goes well with AVIF (delivery-urls 4.3).
  const avif = options.avif && !output.profile && !canvas.ops.some((op) => op.op === 'unsharp');
  const outcome = negotiate(output.format, { mime: source.mime, hasAlpha: canvas.hasAlpha, animated }, options.accept, avif);
  const format = output.lossless && outcome === 'jpeg' && output.format !== 'jpeg' ? 'png' : outcome;
  if (!canvas.open) checkSize(format, canvas);
  const ops = format === 'jpeg' ? flattenForJpeg(canvas) : canvas.ops;
  const said = { thrifty: options.thrifty ?? false, policy: options.metadata ?? 'strip', rights: source.rights ?? null };
  const frozen = animated && (format === 'gif' || format === 'webp');
  return {
    plan: { page, animated: frozen, autoOrient: true, ops, encode: encodeOf({ ...output, format }, ops, said) },
    choice: output.format,
    format,
    thrifty: output.quality === null && isLossy({ ...output, format }),
    exact: !canvas.open,
    width: canvas.width,
    height: canvas.height,
  };
}

/**
 * What follows a late operation of a plan, now that its pixels are there: operations, or the place of a layer.
 * @param layers as they were when the plan was made
 * @throws TransformationError EPARAM, ELIMIT
 */
export function resumePlan(
  rest: unknown,
  measured: Measured,
  layers: PlannerInput['layers'],
): readonly PlanOp[] | { left: number; top: number } {
  // Only our own plans come back.
  const late = rest as Late;
  const size = { width: measured.width, height: measured.height };
  if (late.late === 'place') return placeOf(late.place, late.base, size, late.source ?? size);
  const start = resumedCanvas(late, measured);
  const { canvas } = runSteps(late.steps, start, { hints: start.hints, layers });
  if (!canvas.open) checkSize('webp', canvas);
  return late.flat ? flattenForJpeg(canvas) : canvas.ops;
}
