import { z } from 'zod';
import { unsupported } from '../renditions.problem.ts';
import { defineOperation } from './operation.ts';
import { readNumber } from './values.ts';

const pageNumber = z.string().transform((text, context) => {
  const value = readNumber(text, 1, 100_000);
  if (value !== null && Number.isInteger(value)) return value;
  if (/^(name-|\d*[-_]\d*)/.test(text)) throw unsupported(`pg-${text.slice(0, 40)}`);
  context.issues.push({ code: 'custom', message: 'a page from 1 on is expected', input: text });
  return z.NEVER;
});

/** Has no effect on decoded pixels: the planner reads it, since it says which of them are decoded. */
export const page = defineOperation({
  name: 'page',
  keys: ['pg'],
  phase: 'page',
  args: z.object({ pg: pageNumber.optional() }),
  doc: {
    summary: 'One frame of an animation, or page of a TIFF, PDF or Illustrator file, in its own size.',
    parameters: { pg: 'number, from 1 on (default: the first); single layers of a PSD are not available' },
    example: 'pg-2,w-300',
  },
});
