import sharp, { type Metadata, type Sharp } from 'sharp';
import type { ImagePlan, PlanOp, RenderedImage } from '../plan.ts';
import { type Stage, stagesOf } from '../plan-stages.ts';
import { encode } from './encode.ts';
import { RasterError, toRasterError } from './raster-error.ts';

/** Runs plans with sharp. Only ever called inside a media child. */

export interface RunOptions {
  /** Most pixels the input may have (all frames counted when animated). */
  readonly maxPixels: number;
}

/**
 * Missing or undecodable pixels fail; a decoder's mere warnings do not: cameras write stray bytes between JPEG markers and
 * odd TIFF tags, and the whole picture is there all the same.
 */
const FAIL_ON = 'error';

/** Decoded pixels between two stages: sRGB, 8 bits, 3 or 4 channels. */
interface Raw {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

const fromRaw = (raw: Raw): Sharp => sharp(raw.data, { raw: { width: raw.width, height: raw.height, channels: raw.channels } });

async function toRaw(pipeline: Sharp): Promise<Raw> {
  const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

function applyOp(pipeline: Sharp, op: Stage['ops'][number], size: { width: number; height: number }): Sharp {
  switch (op.op) {
    case 'extract':
      return pipeline.extract({ left: op.left, top: op.top, width: op.width, height: op.height });
    case 'scale':
      return pipeline.resize(op.width, op.height, { fit: 'fill' });
    case 'attention':
      return pipeline.resize(op.width, op.height, { fit: 'cover', position: sharp.strategy.attention });
    case 'flip': {
      const flipped = op.vertical ? pipeline.flip() : pipeline;
      return op.horizontal ? flipped.flop() : flipped;
    }
    case 'rotate':
      return pipeline.rotate(op.degrees, { background: op.background });
    case 'pad':
      return pipeline.extend({
        left: op.left,
        top: op.top,
        right: Math.max(0, op.width - size.width - op.left),
        bottom: Math.max(0, op.height - size.height - op.top),
        background: op.background,
      });
    case 'blur':
      return pipeline.blur(op.sigma);
  }
}

/** Size after `op`; free rotation is measured by sharp instead, since nothing may follow it in a stage that needs the size. */
function sizeAfter(op: PlanOp, size: { width: number; height: number }): { width: number; height: number } {
  if (op.op === 'rotate') return Math.abs(op.degrees % 180) === 90 ? { width: size.height, height: size.width } : size;
  return 'width' in op ? { width: op.width, height: op.height } : size;
}

function applyStage(pipeline: Sharp, stage: Stage, size: { width: number; height: number }): Sharp {
  let current = size;
  let out = stage.flatten ? pipeline.flatten({ background: stage.flatten }) : pipeline;
  for (const op of stage.ops) {
    out = applyOp(out, op, current);
    current = sizeAfter(op, current);
  }
  return out;
}

/** Cuts stages where a known size or cheap orientation would be lost: see the two comments. */
function refine(stages: readonly Stage[], oriented: boolean): Stage[] {
  const out: Stage[] = [];
  for (const [index, stage] of stages.entries()) {
    let ops: Stage['ops'][number][] = [];
    let flatten = stage.flatten;
    for (const op of stage.ops) {
      const last = ops.at(-1);
      // The canvas of a free rotation is known only after it ran.
      const measured = last?.op === 'rotate' && last.degrees % 90 !== 0;
      // Sharp orients the full-size image first when an extract follows; orienting the scaled one is cheaper.
      const late = index === 0 && oriented && op.op === 'extract' && ops.length > 0;
      if (measured || late) {
        out.push({ flatten, ops });
        ops = [];
        flatten = null;
      }
      ops.push(op);
    }
    out.push({ flatten, ops });
  }
  return out;
}

function uprightSize(meta: Metadata, plan: ImagePlan): { width: number; height: number } {
  const height = meta.pageHeight ?? meta.height;
  return plan.autoOrient && (meta.orientation ?? 1) >= 5 ? { width: height, height: meta.width } : { width: meta.width, height };
}

function open(input: Buffer, plan: ImagePlan, options: RunOptions): Sharp {
  // Without a page the decoder takes the primary picture, which in AVIF need not be the first.
  const pages = plan.animated ? { page: 0, pages: -1 } : plan.page > 0 ? { page: plan.page, pages: 1 } : {};
  const image = sharp(input, {
    limitInputPixels: options.maxPixels,
    failOn: FAIL_ON,
    ...pages,
  });
  const upright = plan.autoOrient ? image.autoOrient() : image;
  return plan.encode.metadata === 'profile' ? upright.keepIccProfile() : upright;
}

async function header(input: Buffer, options: RunOptions): Promise<Metadata> {
  const meta = await sharp(input, { limitInputPixels: options.maxPixels, failOn: FAIL_ON }).metadata();
  if (!meta.width || !meta.height) throw new RasterError('damaged', 'The picture has no size.');
  if (meta.width * (meta.pageHeight ?? meta.height) > options.maxPixels)
    throw new RasterError('too_large', 'The picture has too many pixels.');
  return meta;
}

async function finish(pipeline: Sharp, plan: ImagePlan): Promise<RenderedImage> {
  const { data, info } = await encode(pipeline, plan.encode).toBuffer({ resolveWithObject: true });
  return { data, mime: `image/${plan.encode.format}`, width: info.width, height: info.pageHeight ?? info.height };
}

async function run(input: Buffer, plan: ImagePlan, meta: Metadata, options: RunOptions): Promise<RenderedImage> {
  const stages = refine(stagesOf(plan.ops), plan.autoOrient && (meta.orientation ?? 1) > 1);
  if (plan.animated && stages.length > 1) throw new RasterError('refused', 'This transformation cannot keep the frames of an animation.');
  let size = uprightSize(meta, plan);
  let pipeline = open(input, plan, options);
  for (const [index, stage] of stages.entries()) {
    pipeline = applyStage(pipeline, stage, size);
    if (index === stages.length - 1) break;
    const raw = await toRaw(pipeline);
    size = { width: raw.width, height: raw.height };
    pipeline = fromRaw(raw);
  }
  return finish(pipeline, plan);
}

/**
 * Makes one derivative: upright, in sRGB (ICC, CMYK and 16-bit converted), operations in plan order, encoded once.
 * Throws `RasterError` (too_large, damaged, unsupported_type, refused).
 */
export async function runPlan(input: Buffer, plan: ImagePlan, options: RunOptions): Promise<RenderedImage> {
  try {
    return await run(input, plan, await header(input, options), options);
  } catch (error) {
    throw toRasterError(error);
  }
}

/** The first scale of a plan whose result others can be scaled down from; null when the plan starts otherwise. */
function firstScale(plan: ImagePlan): { width: number; height: number } | null {
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
    const meta = await header(input, options);
    const scales = plans.map(firstScale);
    const largest = scales.reduce((best, scale) => (scale && (!best || scale.width > best.width) ? scale : best), null);
    const source = plans[scales.indexOf(largest)];
    const sharing = largest ? scales.filter((s) => s && (s === largest || s.width * SHARE_FROM <= largest.width)).length : 0;
    if (!largest || !source || sharing < 2) {
      const out: RenderedImage[] = [];
      for (const plan of plans) out.push(await run(input, plan, meta, options));
      return out;
    }
    const shared = await toRaw(open(input, source, options).resize(largest.width, largest.height, { fit: 'fill' }));
    const out: RenderedImage[] = [];
    for (const [index, plan] of plans.entries()) {
      const scale = scales[index];
      if (scale === largest) out.push(await runRaw(shared, { ...plan, ops: plan.ops.slice(1) }));
      else if (scale && scale.width * SHARE_FROM <= largest.width) out.push(await runRaw(shared, plan));
      else out.push(await run(input, plan, meta, options));
    }
    return out;
  } catch (error) {
    throw toRasterError(error);
  }
}

async function runRaw(raw: Raw, plan: ImagePlan): Promise<RenderedImage> {
  let current = raw;
  const stages = refine(stagesOf(plan.ops), false);
  for (const stage of stages.slice(0, -1)) current = await toRaw(applyStage(fromRaw(current), stage, current));
  const last = stages[stages.length - 1];
  return finish(last ? applyStage(fromRaw(current), last, current) : fromRaw(current), plan);
}
