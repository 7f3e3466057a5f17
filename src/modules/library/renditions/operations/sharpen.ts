import { z } from 'zod';
import { defineOperation, pushPixels } from './operation.ts';
import { readNumber } from './values.ts';

/** Strength when none is said. */
const DEFAULT_STRENGTH = 10;

const strength = z.string().transform((text, context) => {
  if (text === 'true') return DEFAULT_STRENGTH;
  if (text === 'false') return 0;
  const value = readNumber(text, 0, 200);
  if (value !== null) return value;
  context.issues.push({ code: 'custom', message: 'a number from 1 to 200 is expected', input: text });
  return z.NEVER;
});

export const sharpen = defineOperation({
  name: 'sharpen',
  keys: ['e-sharpen'],
  phase: 'sharpness',
  args: z.object({ 'e-sharpen': strength.optional() }),
  apply({ 'e-sharpen': value }, canvas) {
    return value ? pushPixels(canvas, { op: 'sharpen', strength: value }) : canvas;
  },
  doc: { summary: 'Sharpens edges.', parameters: { 'e-sharpen': 'alone, or 1-200; default 10' }, example: 'w-300,e-sharpen-20' },
});
