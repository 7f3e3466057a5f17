import { z } from 'zod';
import { defineOperation } from './operation.ts';

/** Replaced by what it stands for before operations are read; here it is only known. */
export const named = defineOperation({
  name: 'named transformation',
  keys: ['n'],
  phase: 'delivery',
  args: z.object({ n: z.string().optional() }),
  doc: {
    summary: 'A transformation that is kept under a name, so that it can be changed in one place. It can be a step among others.',
    parameters: { n: 'its name: letters, digits and `_`' },
    example: 'n-card',
  },
});
