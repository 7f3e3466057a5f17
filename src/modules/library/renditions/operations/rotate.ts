import { z } from 'zod';
import { rotatedSize } from '../renditions.geometry.ts';
import { CLEAR, defineOperation, push } from './operation.ts';
import { background, isFill, number } from './values.ts';

export const rotate = defineOperation({
  name: 'rotate',
  keys: ['rt'],
  phase: 'turn',
  // `auto` is the EXIF orientation, which is always applied first.
  args: z.object({ rt: z.union([z.literal('auto'), number(-360, 360)]).optional(), bg: background }),
  apply({ rt, bg }, canvas) {
    const degrees = rt === 'auto' || rt === undefined ? 0 : ((rt % 360) + 360) % 360;
    if (degrees === 0) return canvas;
    // What is made of the picture comes under the transparent corners later.
    const behind = bg && !isFill(bg) ? bg : CLEAR;
    const corners = degrees % 90 !== 0 && behind.alpha < 1;
    return push(canvas, { op: 'rotate', degrees, background: behind }, rotatedSize(canvas, degrees), canvas.hasAlpha || corners);
  },
  doc: {
    summary: 'Turns clockwise. Other than right angles enlarge the canvas; its corners are transparent or `bg`.',
    parameters: { rt: 'degrees, `N90` for minus 90, or `auto` (EXIF, always applied)' },
    example: 'w-300:rt-90',
  },
});
