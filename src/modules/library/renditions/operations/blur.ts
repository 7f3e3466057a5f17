import { z } from 'zod';
import { defineOperation, push } from './operation.ts';
import { number } from './values.ts';

export const blur = defineOperation({
  name: 'blur',
  keys: ['bl'],
  phase: 'sharpness',
  args: z.object({ bl: number(0.6, 100).optional() }),
  apply: ({ bl }, canvas) => (bl === undefined ? canvas : push(canvas, { op: 'blur', sigma: bl / 2 }, canvas)),
  doc: { summary: 'Gaussian blur.', parameters: { bl: '1-100; the standard deviation is half of it, in px' }, example: 'w-300,bl-10' },
});
