import { z } from 'zod';
import { defineOperation } from './operation.ts';
import { number } from './values.ts';

export const quality = defineOperation({
  name: 'quality',
  keys: ['q'],
  phase: 'output',
  args: z.object({ q: number(1, 100).optional() }),
  output: ({ q }) => (q === undefined ? {} : { quality: Math.round(q) }),
  doc: {
    summary: 'Quality of JPEG, WebP and AVIF; one value looks alike in all three.',
    parameters: {
      q: '1-100, default 80 (60 for clients that send `Save-Data: on`, where the server heeds that); of several steps the last one counts',
    },
    example: 'w-400,q-60',
  },
});
