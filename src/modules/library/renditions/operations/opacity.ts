import { z } from 'zod';
import { CLEAR, defineOperation, push, pushPixels } from './operation.ts';
import { background, isFill, number } from './values.ts';

export const opacity = defineOperation({
  name: 'opacity',
  keys: ['o'],
  phase: 'background',
  args: z.object({ o: number(0, 100).optional(), bg: background }),
  apply({ o, bg }, canvas) {
    if (o === undefined || o === 100) return canvas;
    const faded = pushPixels(canvas, { op: 'opacity', factor: o / 100 }, true);
    // On a colour the result is opaque, however translucent that was meant.
    return bg && !isFill(bg) ? push(faded, { op: 'flatten', background: { ...CLEAR, ...bg, alpha: 1 } }, faded, false) : faded;
  },
  doc: {
    summary: 'Makes the picture translucent, or blends it onto `bg`.',
    parameters: { o: '0-100, default 100' },
    example: 'w-300,o-60,bg-FFFFFF',
  },
});
