import { z } from 'zod';
import { defineOperation, pushPixels } from './operation.ts';
import { flag } from './values.ts';

export const contrast = defineOperation({
  name: 'contrast',
  keys: ['e-contrast'],
  phase: 'colour',
  args: z.object({ 'e-contrast': flag.optional() }),
  apply: (args, canvas) => (args['e-contrast'] ? pushPixels(canvas, { op: 'stretch' }) : canvas),
  doc: {
    summary: 'Stretches lightness over the whole range.',
    parameters: { 'e-contrast': 'alone' },
    example: 'w-300,e-contrast',
  },
});
