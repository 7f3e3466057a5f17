import type { ImagePlan, PlanOp } from '../../../platform/media/plan.ts';
import { stagesOf } from '../../../platform/media/plan-stages.ts';
import { BLACK, type Canvas, type Hints, push } from './operations/operation.ts';
import { MAX_PIXELS, MAX_SIDE } from './operations/resize.ts';
import { type Accepts, negotiate, type Outcome } from './renditions.negotiation.ts';
import { badParameter, overLimit } from './renditions.problem.ts';
import type { Recipe } from './renditions.reader.ts';

/** From a checked recipe and the facts of an asset to the plan of its derivative. Pure. */

export interface PlanSource {
  /** Upright size in px. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean | null;
  readonly mime: string;
  readonly frames: number | null;
}

export interface PlanOptions {
  readonly accept: Accepts;
  /** Whether `f-auto` may choose AVIF. */
  readonly avif: boolean;
  readonly hints?: Hints;
}

const NO_HINTS: Hints = { width: null, dpr: null };
const WEBP_MAX_SIDE = 16_383;
/** Operations libvips can do to all frames at once. */
const KEEPS_FRAMES: ReadonlySet<PlanOp['op']> = new Set(['scale', 'extract', 'pad', 'flatten']);

function keepsFrames(ops: readonly PlanOp[], canvas: Canvas, frames: number): boolean {
  const largest = Math.max(canvas.source.width * canvas.source.height, canvas.width * canvas.height);
  return ops.every((op) => KEEPS_FRAMES.has(op.op)) && stagesOf(ops).length === 1 && largest * frames <= MAX_PIXELS;
}

function run(recipe: Recipe, source: PlanSource, hints: Hints): Canvas {
  const size = { width: source.width, height: source.height };
  const start: Canvas = { ...size, hasAlpha: source.hasAlpha !== false, source: size, hints, ops: [] };
  return recipe.steps.flat().reduce((canvas, bound) => bound.apply(canvas), start);
}

function checkSize(format: Outcome, canvas: Canvas): void {
  const longest = Math.max(canvas.width, canvas.height);
  const allowed = format === 'webp' ? WEBP_MAX_SIDE : MAX_SIDE;
  if (longest > allowed) throw overLimit(`longest side of ${format}`, longest, allowed);
  if (canvas.width * canvas.height > MAX_PIXELS) throw overLimit('pixels', canvas.width * canvas.height, MAX_PIXELS);
}

export interface Planned {
  readonly plan: ImagePlan;
  readonly format: Outcome;
  readonly width: number;
  readonly height: number;
}

/**
 * The plan of a derivative, in the pixels of the upright asset.
 * @throws TransformationError EPARAM (a value that makes no sense for this asset), ELIMIT
 */
export function planFor(recipe: Recipe, source: PlanSource, options: PlanOptions): Planned {
  const frames = source.frames ?? 1;
  const moving = frames > 1 && (source.mime === 'image/gif' || source.mime === 'image/webp');
  const canvas = run(recipe, source, options.hints ?? NO_HINTS);
  if (recipe.output.format === 'gif' && source.mime !== 'image/gif') throw badParameter('f', 'f-gif is made from GIF only');
  const animated = moving && keepsFrames(canvas.ops, canvas, frames);
  const format = negotiate(recipe.output.format, { ...source, animated }, options.accept, options.avif);
  checkSize(format, canvas);
  const flat = format === 'jpeg' && canvas.hasAlpha ? push(canvas, { op: 'flatten', background: BLACK }, canvas, false) : canvas;
  const lossy = format !== 'png' && format !== 'gif';
  return {
    plan: {
      page: 0,
      animated: animated && (format === 'gif' || format === 'webp'),
      autoOrient: true,
      ops: flat.ops,
      // Formats without a quality get one constant, so that `q` does not make another derivative of them.
      encode: { format, quality: lossy ? recipe.output.quality : 100, metadata: 'strip' },
    },
    format,
    width: canvas.width,
    height: canvas.height,
  };
}
