import { z } from 'zod';
import { rotatedSize } from '../renditions.geometry.ts';
import { defineOperation, push } from './operation.ts';
import { background, number } from './values.ts';

const CLEAR = { r: 0, g: 0, b: 0, alpha: 0 };

export const rotate = defineOperation({
  name: 'rotate',
  keys: ['rt'],
  phase: 'turn',
  // `auto` is the EXIF orientation, which is always applied first.
  args: z.object({ rt: z.union([z.literal('auto'), number(-360, 360)]).optional(), bg: background }),
  apply({ rt, bg = CLEAR }, canvas) {
    const degrees = rt === 'auto' || rt === undefined ? 0 : ((rt % 360) + 360) % 360;
    if (degrees === 0) return canvas;
    const corners = degrees % 90 !== 0 && bg.alpha < 1;
    return push(canvas, { op: 'rotate', degrees, background: bg }, rotatedSize(canvas, degrees), canvas.hasAlpha || corners);
  },
  doc: {
    summary: 'Turns clockwise. Other than right angles enlarge the canvas; its corners are transparent or `bg`.',
    parameters: { rt: 'degrees, `N90` for minus 90, or `auto` (EXIF, always applied)' },
    example: 'w-300:rt-90',
  },
});
