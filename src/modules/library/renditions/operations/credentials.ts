import { z } from 'zod';
import { TransformationError } from '../renditions.problem.ts';
import { defineOperation } from './operation.ts';
import { flag } from './values.ts';

/** Content credentials are signed for exactly these bytes: without a signer there are none (ADR 0315). */
export const credentials = defineOperation({
  name: 'content credentials',
  keys: ['c2pa'],
  phase: 'delivery',
  args: z.object({
    c2pa: flag
      .refine(
        (wanted) => {
          if (wanted)
            throw new TransformationError('EUNSUPPORTED', 'c2pa: this server signs nothing; orig-true keeps what a file carries', {
              parameter: 'c2pa',
            });
          return true;
        },
        { error: 'false is expected' },
      )
      .optional(),
  }),
  doc: {
    summary:
      'C2PA manifests. A derivative has none: the one of the original is about other bytes, and this server has no key to sign with. `orig-true` keeps it; how a picture was made (IPTC digital source type) goes with every derivative.',
    parameters: { c2pa: '`false` (default); `true` is 400 `EUNSUPPORTED`' },
    example: 'w-400,c2pa-false',
  },
});
