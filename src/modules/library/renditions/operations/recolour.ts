import { z } from 'zod';
import { parseColour } from '../renditions.colour.ts';
import { defineOperation, pushPixels } from './operation.ts';
import { readNumber } from './values.ts';

const DEFAULT_TOLERANCE = 35;

const replacement = z.string().transform((text, context) => {
  const [first = '', second, third, ...more] = text.split('_');
  const to = parseColour(first);
  const tolerance = second === undefined ? DEFAULT_TOLERANCE : readNumber(second, 0, 100);
  const from = third === undefined ? null : parseColour(third);
  if (to && tolerance !== null && (third === undefined || from) && more.length === 0) return { to, tolerance, from };
  context.issues.push({
    code: 'custom',
    message: 'to, to_tolerance or to_tolerance_from is expected, such as FF0000_30_0000FF',
    input: text,
  });
  return z.NEVER;
});

export const recolour = defineOperation({
  name: 'replace colour',
  keys: ['cr'],
  phase: 'colour',
  args: z.object({ cr: replacement.optional() }),
  apply: ({ cr }, canvas) => (cr ? pushPixels(canvas, { op: 'recolour', ...cr }) : canvas),
  doc: {
    summary: 'Turns one colour and its shades into another.',
    parameters: {
      cr: '`to`, `to_tolerance` (0-100, default 35) or `to_tolerance_from`; `from` is the dominant colour when it is not said',
    },
    example: 'w-300,cr-7AA7E0_22_EBA878',
  },
});
