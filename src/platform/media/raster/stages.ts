import sharp, { type Sharp } from 'sharp';
import type { PixelSize } from '../plan.ts';
import type { Stage } from '../plan-stages.ts';

/** Stages as sharp calls. */

type Op = Stage['ops'][number];

function applyOp(pipeline: Sharp, op: Op, size: PixelSize): Sharp {
  switch (op.op) {
    case 'extract':
      return pipeline.extract({ left: op.left, top: op.top, width: op.width, height: op.height });
    case 'scale':
      return pipeline.resize(op.width, op.height, { fit: 'fill', fastShrinkOnLoad: !op.careful });
    case 'attention':
      return pipeline.resize(op.width, op.height, { fit: 'cover', position: sharp.strategy.attention, fastShrinkOnLoad: !op.careful });
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
function sizeAfter(op: Op, size: PixelSize): PixelSize {
  if (op.op === 'rotate') return Math.abs(op.degrees % 180) === 90 ? { width: size.height, height: size.width } : size;
  return 'width' in op ? { width: op.width, height: op.height } : size;
}

/** `size`: of the pixels that come in, upright. */
export function applyStage(pipeline: Sharp, stage: Stage, size: PixelSize): Sharp {
  let current = size;
  let out = stage.flatten ? pipeline.flatten({ background: stage.flatten }) : pipeline;
  for (const op of stage.ops) {
    out = applyOp(out, op, current);
    current = sizeAfter(op, current);
  }
  return out;
}

/** Cuts stages where a known size or cheap orientation would be lost: see the two comments. */
export function refine(stages: readonly Stage[], oriented: boolean): Stage[] {
  const out: Stage[] = [];
  for (const [index, stage] of stages.entries()) {
    let ops: Op[] = [];
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
