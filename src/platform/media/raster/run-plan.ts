import sharp, { type Metadata, type Sharp } from 'sharp';
import type { ImagePlan, Measured, PixelSize, PlanOp, RenderedImage, Rgba, StageOp } from '../plan.ts';
import { isStageOp, stagesOf } from '../plan-stages.ts';
import { encode } from './encode.ts';
import { layOn } from './layers.ts';
import { pixelOp } from './pixel-ops/index.ts';
import { gifWithXmp, rightsXmp } from './rights.ts';
import { RasterError, tooLarge, toRasterError } from './raster-error.ts';
import { fromRaw, measured, type Raw, toRaw } from './raw.ts';
import type { RunEnv } from './run-env.ts';
import { applyStage, refine } from './stages.ts';

/** Runs plans with sharp. Only ever called inside a media child. */

export interface RunOptions {
  /** Most pixels the input may have (all frames counted when animated). */
  readonly maxPixels: number;
  /** Reads the bytes of the layer input of this number. */
  readonly input?: (index: number) => Promise<Buffer>;
  /** Typefaces of the library, by their number. */
  readonly fonts?: readonly string[];
  /** Asks the planner what follows a late operation. */
  readonly resume?: (rest: unknown, size: Measured) => Promise<readonly PlanOp[] | { readonly left: number; readonly top: number }>;
}

const envOf = (options: RunOptions): RunEnv => ({
  maxPixels: options.maxPixels,
  input: options.input ?? (() => Promise.reject(new RasterError('damaged', 'The picture of a layer is missing.'))),
  font: (file) => {
    const path = options.fonts?.[file];
    if (path === undefined) throw new RasterError('refused', 'The typeface of a layer is missing.');
    return path;
  },
  resume: options.resume ?? (() => Promise.reject(new RasterError('refused', 'This plan is not whole.'))),
});

/**
 * Missing or undecodable pixels fail; a decoder's mere warnings do not: cameras write stray bytes between JPEG markers and
 * odd TIFF tags, and the whole picture is there all the same.
 */
const FAIL_ON = 'error';

function uprightSize(meta: Metadata, autoOrient: boolean): PixelSize {
  const height = meta.pageHeight ?? meta.height;
  return autoOrient && (meta.orientation ?? 1) >= 5 ? { width: height, height: meta.width } : { width: meta.width, height };
}

const isGreySpace = ({ space }: Metadata): boolean => space === 'b-w' || space === 'grey16';

/**
 * Sharp converts 16 bits to 8 without looking at the profile, unless it works in sRGB from the beginning: wide gamuts would come out pale.
 */
const unmanaged = (meta: Metadata): boolean => meta.space === 'rgb16' && meta.icc !== undefined;

interface Opening extends Pick<ImagePlan, 'page' | 'animated' | 'autoOrient'> {
  readonly profile: boolean;
  readonly meta: Metadata;
}

function open(input: Buffer, plan: Opening, maxPixels: number): Sharp {
  // Without a page the decoder takes the primary picture, which in AVIF need not be the first.
  const pages = plan.animated ? { page: 0, pages: -1 } : plan.page > 0 ? { page: plan.page, pages: 1 } : {};
  const image = sharp(input, { limitInputPixels: maxPixels, failOn: FAIL_ON, ...pages });
  const upright = plan.autoOrient ? image.autoOrient() : image;
  // WebP and AVIF know no greys: with a profile of greys beside them, colours would mean nothing.
  if (plan.profile && !isGreySpace(plan.meta)) return upright.keepIccProfile();
  return unmanaged(plan.meta) ? upright.pipelineColourspace('srgb').toColourspace('srgb') : upright;
}

const opened = (input: Buffer, plan: ImagePlan, meta: Metadata, options: RunOptions): Sharp =>
  open(input, { ...plan, meta, profile: plan.encode.metadata === 'profile' }, options.maxPixels);

async function header(input: Buffer, maxPixels: number): Promise<Metadata> {
  const meta = await sharp(input, { limitInputPixels: maxPixels, failOn: FAIL_ON }).metadata();
  if (!meta.width || !meta.height) throw new RasterError('damaged', 'The picture has no size.');
  const pixels = meta.width * (meta.pageHeight ?? meta.height);
  if (pixels > maxPixels) {
    throw tooLarge(`The picture has ${pixels} pixels; at most ${maxPixels} are decoded here.`, {
      limit: 'pixels of a picture',
      given: pixels,
      allowed: maxPixels,
    });
  }
  return meta;
}

async function finish(pipeline: Sharp, plan: ImagePlan): Promise<RenderedImage> {
  const { format, rights } = plan.encode;
  const { data: made, info } = await encode(pipeline, plan.encode).toBuffer({ resolveWithObject: true });
  const data = format === 'gif' && rights ? gifWithXmp(made, rightsXmp(rights)) : made;
  return { data, mime: `image/${format}`, width: info.width, height: info.pageHeight ?? info.height };
}

/** A picture on its way: what sharp still has to do, and the size of what comes into it. */
interface Current {
  readonly pipeline: Sharp;
  readonly size: PixelSize;
  /** The input has an EXIF orientation that sharp applies by itself. */
  readonly oriented: boolean;
}

async function staged(current: Current, ops: readonly StageOp[], animated: boolean): Promise<Current> {
  const stages = refine(stagesOf(ops), current.oriented);
  if (animated && stages.length > 1) throw new RasterError('refused', 'This transformation cannot keep the frames of an animation.');
  let { pipeline, size } = current;
  for (const [index, stage] of stages.entries()) {
    pipeline = applyStage(pipeline, stage, size);
    if (index === stages.length - 1) break;
    const raw = await toRaw(pipeline);
    size = raw;
    pipeline = fromRaw(raw);
  }
  return { pipeline, size, oriented: false };
}

const afresh = (raw: Raw): Current => ({ pipeline: fromRaw(raw), size: raw, oriented: false });

/** Does all operations; neighbours that sharp does in one go stay together, and the last of them may still be unrun. */
async function work(start: Current, ops: readonly PlanOp[], env: RunEnv, animated = false): Promise<Current> {
  let current = start;
  let fresh = true;
  let queue = [...ops];
  while (queue.length > 0) {
    const until = queue.findIndex((op) => !isStageOp(op));
    const together = queue.slice(0, until < 0 ? queue.length : until).filter(isStageOp);
    if (together.length > 0) {
      if (!fresh) current = afresh(await toRaw(current.pipeline));
      current = await staged(current, together, animated);
      fresh = false;
    }
    const op = queue[together.length];
    queue = queue.slice(together.length + 1);
    if (!op || isStageOp(op)) continue;
    if (animated) throw new RasterError('refused', 'This transformation cannot keep the frames of an animation.');
    const raw = await toRaw(current.pipeline);
    if (op.op === 'late') {
      const next = await env.resume(op.rest, measured(raw));
      if ('left' in next) throw new RasterError('refused', 'This plan is not whole.');
      queue = [...next, ...queue];
      current = afresh(raw);
    } else if (op.op === 'layer') current = afresh(await layOn(raw, op.layer, layerTools(env), env));
    else current = afresh(await pixelOp(raw, op));
    fresh = true;
  }
  return current;
}

function layerTools(env: RunEnv) {
  return {
    async input(index: number, page: number): Promise<Raw> {
      const bytes = await env.input(index);
      const meta = await header(bytes, env.maxPixels);
      return toRaw(open(bytes, { page, animated: false, autoOrient: true, profile: false, meta }, env.maxPixels));
    },
    work: async (raw: Raw, ops: readonly PlanOp[]) => (ops.length === 0 ? raw : toRaw((await work(afresh(raw), ops, env)).pipeline)),
  };
}

const isGrey = ({ r, g, b }: Rgba): boolean => r === g && g === b;

/** Whether colours are drawn on the picture: libvips would make greys of them on a picture that has none. */
const addsColour = (ops: readonly PlanOp[]): boolean => ops.some((op) => 'background' in op && !isGrey(op.background));

async function run(input: Buffer, plan: ImagePlan, meta: Metadata, options: RunOptions): Promise<RenderedImage> {
  const pipeline = opened(input, plan, meta, options);
  const start: Current = {
    pipeline: isGreySpace(meta) && addsColour(plan.ops) ? pipeline.pipelineColourspace('srgb').toColourspace('srgb') : pipeline,
    size: uprightSize(meta, plan.autoOrient),
    oriented: plan.autoOrient && (meta.orientation ?? 1) > 1,
  };
  return finish((await work(start, plan.ops, envOf(options), plan.animated)).pipeline, plan);
}

/**
 * Makes one derivative: upright, in sRGB (ICC, CMYK and 16-bit converted), operations in plan order, encoded once.
 * Throws `RasterError` (too_large, damaged, unsupported_type, refused).
 */
export async function runPlan(input: Buffer, plan: ImagePlan, options: RunOptions): Promise<RenderedImage> {
  try {
    return await run(input, plan, await header(input, options.maxPixels), options);
  } catch (error) {
    throw toRasterError(error);
  }
}

/** The first scale of a plan whose result others can be scaled down from; null when the plan starts otherwise. */
function firstScale(plan: ImagePlan): PixelSize | null {
  const first = plan.ops[0];
  return first?.op === 'scale' && !plan.animated && plan.page === 0 && plan.encode.metadata === 'strip' ? first : null;
}

/** At least this much larger than a target, a shared picture loses nothing one can see. */
const SHARE_FROM = 1.5;

/**
 * Makes several derivatives of one input in the order given. The largest plan that begins by scaling is decoded once, and
 * smaller ones are scaled from its pixels: one decode instead of one each. Throws as `runPlan`.
 */
export async function runPlans(input: Buffer, plans: readonly ImagePlan[], options: RunOptions): Promise<RenderedImage[]> {
  try {
    const meta = await header(input, options.maxPixels);
    const scales = plans.map(firstScale);
    const largest = scales.reduce((best, scale) => (scale && (!best || scale.width > best.width) ? scale : best), null);
    const source = plans[scales.indexOf(largest)];
    const sharing = largest ? scales.filter((s) => s && (s === largest || s.width * SHARE_FROM <= largest.width)).length : 0;
    if (!largest || !source || sharing < 2) {
      const out: RenderedImage[] = [];
      for (const plan of plans) out.push(await run(input, plan, meta, options));
      return out;
    }
    const shared = await toRaw(opened(input, source, meta, options).resize(largest.width, largest.height, { fit: 'fill' }));
    const out: RenderedImage[] = [];
    for (const [index, plan] of plans.entries()) {
      const scale = scales[index];
      if (scale === largest) out.push(await runRaw(shared, { ...plan, ops: plan.ops.slice(1) }, options));
      else if (scale && scale.width * SHARE_FROM <= largest.width) out.push(await runRaw(shared, plan, options));
      else out.push(await run(input, plan, meta, options));
    }
    return out;
  } catch (error) {
    throw toRasterError(error);
  }
}

const runRaw = async (raw: Raw, plan: ImagePlan, options: RunOptions): Promise<RenderedImage> =>
  finish((await work(afresh(raw), plan.ops, envOf(options))).pipeline, plan);
