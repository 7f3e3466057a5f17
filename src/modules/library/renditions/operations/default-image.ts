import { z } from 'zod';
import { defineOperation } from './operation.ts';

/** Has no effect on a picture: delivery reads it when the asset is not to be had. */
export const defaultImage = defineOperation({
  name: 'default image',
  keys: ['di'],
  phase: 'delivery',
  args: z.object({ di: z.string().max(1000).optional() }),
  doc: {
    summary: 'Another file of the library that is served, transformed alike, when the asset is missing or not public.',
    parameters: { di: 'its path, with `@@` for `/`; it must be public itself' },
    example: 'w-300,di-brand@@placeholder.png',
  },
});
