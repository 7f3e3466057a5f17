import { z } from 'zod';
import { defineOperation, pushPixels } from './operation.ts';
import { flag } from './values.ts';

export const greyscale = defineOperation({
  name: 'greyscale',
  keys: ['e-grayscale'],
  phase: 'colour',
  args: z.object({ 'e-grayscale': flag.optional() }),
  apply: (args, canvas) => (args['e-grayscale'] ? pushPixels(canvas, { op: 'greyscale' }) : canvas),
  doc: { summary: 'Takes the colours away.', parameters: { 'e-grayscale': 'alone' }, example: 'w-300,e-grayscale' },
});
