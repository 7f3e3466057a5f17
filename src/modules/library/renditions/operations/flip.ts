import { z } from 'zod';
import { defineOperation, push } from './operation.ts';

export const flip = defineOperation({
  name: 'flip',
  keys: ['fl'],
  phase: 'turn',
  args: z.object({ fl: z.enum(['h', 'v', 'h_v', 'v_h']).optional() }),
  apply({ fl }, canvas) {
    if (!fl) return canvas;
    return push(canvas, { op: 'flip', horizontal: fl.includes('h'), vertical: fl.includes('v') }, canvas);
  },
  doc: {
    summary: 'Mirrors.',
    parameters: { fl: '`h` left to right, `v` top to bottom, `h_v` both' },
    example: 'w-300,fl-h',
  },
});
