import { z } from 'zod';
import { parsePages } from '../renditions.pages.ts';
import { defineOperation } from './operation.ts';

const pages = z.string().transform((text, context) => {
  const value = parsePages(text);
  if (value !== null) return value;
  context.issues.push({ code: 'custom', message: 'a page from 1 on is expected; of a PSD also 2_4, 2-4, 4- or name-"a"_"b"', input: text });
  return z.NEVER;
});

/** Has no effect on decoded pixels: the planner reads it, since it says which of them are decoded. */
export const page = defineOperation({
  name: 'page',
  keys: ['pg'],
  phase: 'page',
  args: z.object({ pg: pages.optional() }),
  doc: {
    summary:
      'One frame of an animation, or page of a TIFF, PDF or Illustrator file, in its own size; layers of a PSD, on a sheet of its size.',
    parameters: {
      pg: 'number, from 1 on (default: the first). Of a PSD 1 is the whole picture, 2 the lowest layer; also several: `2_4`, `2-4`, `4-`, `name-"sky"_"boat"`',
    },
    example: 'pg-2,w-300',
  },
});
