import { z } from 'zod';
import { defineOperation } from './operation.ts';
import { flag } from './values.ts';

/** Has no effect on a picture: the parser reads it, since every other parameter is then ignored. */
export const original = defineOperation({
  name: 'original',
  keys: ['orig'],
  phase: 'delivery',
  args: z.object({ orig: flag.optional() }),
  doc: {
    summary: 'The stored bytes; every other parameter is ignored. The asset must release its original.',
    parameters: { orig: '`true`' },
    example: 'orig-true',
  },
});
