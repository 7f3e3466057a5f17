import { z } from 'zod';
import { parseColour } from '../renditions.colour.ts';
import { defineOperation, pushPixels } from './operation.ts';
import { readNumber, subParameters } from './values.ts';

const GREY = { r: 128, g: 128, b: 128, alpha: 1 };

const tinting = z.string().transform((text, context) => {
  const given = text === 'true' ? {} : subParameters(text, ['co', 'in']);
  const colour = given?.co === undefined ? GREY : parseColour(given.co);
  const intensity = given?.in === undefined ? 100 : readNumber(given.in, 0, 100);
  if (given && colour && intensity !== null) return { colour, intensity: intensity / 100 };
  context.issues.push({ code: 'custom', message: 'co-<colour>_in-<0-100> is expected', input: text });
  return z.NEVER;
});

export const tint = defineOperation({
  name: 'colorize',
  keys: ['e-colorize'],
  phase: 'colour',
  args: z.object({ 'e-colorize': tinting.optional() }),
  apply({ 'e-colorize': values }, canvas) {
    return values ? pushPixels(canvas, { op: 'tint', ...values }) : canvas;
  },
  doc: {
    summary: 'Tints, keeping lightness.',
    parameters: { 'e-colorize': 'alone (grey), or `co-<colour>_in-<0-100>`' },
    example: 'w-300,e-colorize-co-B5651D_in-80',
  },
});
