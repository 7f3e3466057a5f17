import type { PixelOp } from '../../plan.ts';
import type { Raw } from '../raw.ts';
import { arc, perspective } from './distort.ts';
import { fill } from './fill.ts';
import { corners, gradient, shadow, trim } from './shape.ts';
import { greyscale, opacity, recolour, sharpen, stretch, tint, unsharp } from './tone.ts';

type Simple = Exclude<PixelOp, { op: 'layer' }>;

/** Does one operation on decoded pixels. What came in is never written to. */
export function pixelOp(raw: Raw, op: Simple): Promise<Raw> {
  switch (op.op) {
    case 'trim':
      return trim(raw, op);
    case 'greyscale':
      return greyscale(raw);
    case 'stretch':
      return stretch(raw);
    case 'sharpen':
      return sharpen(raw, op);
    case 'unsharp':
      return unsharp(raw, op);
    case 'recolour':
      return recolour(raw, op);
    case 'tint':
      return tint(raw, op);
    case 'perspective':
      return perspective(raw, op);
    case 'arc':
      return arc(raw, op);
    case 'gradient':
      return gradient(raw, op);
    case 'corners':
      return corners(raw, op);
    case 'shadow':
      return shadow(raw, op);
    case 'opacity':
      return opacity(raw, op);
    case 'fill':
      return fill(raw, op);
  }
}
