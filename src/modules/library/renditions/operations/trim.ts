import { z } from 'zod';
import { defineOperation, push } from './operation.ts';
import { readNumber } from './values.ts';

/** Difference (0-255) that still counts as margin when only `true` is said. */
const DEFAULT_THRESHOLD = 10;

const threshold = z.string().transform((text, context) => {
  if (text === 'false') return 0;
  if (text === 'true') return DEFAULT_THRESHOLD;
  const value = readNumber(text, 1, 99);
  if (value !== null) return Math.round(value * 2.55);
  context.issues.push({ code: 'custom', message: 'true, false or a number from 1 to 99 is expected', input: text });
  return z.NEVER;
});

export const trim = defineOperation({
  name: 'trim',
  keys: ['t'],
  phase: 'trim',
  args: z.object({ t: threshold.optional() }),
  apply: ({ t }, canvas) => (t ? { ...push(canvas, { op: 'trim', threshold: t }, canvas), open: true } : canvas),
  doc: {
    summary: 'Cuts away a margin of nearly one colour, or a transparent one, before anything else.',
    parameters: { t: '`true`, or 1-99: the more, the more counts as margin; layers are trimmed unless `t-false`' },
    example: 't-20,w-300',
  },
});
