import { z } from 'zod';
import { defineOperation, MAX_SIDE, pushPixels } from './operation.ts';
import { readNumber } from './values.ts';

type Radii = readonly [number, number, number, number];

const rounding = z.string().transform((text, context): Radii | 'max' => {
  if (text === 'max') return 'max';
  const given = text.split('_').flatMap((each) => readNumber(each, 0, MAX_SIDE) ?? []);
  const [first, second, third, fourth] = given;
  if (first !== undefined && text.split('_').length === given.length) {
    if (given.length === 1) return [first, first, first, first];
    if (second !== undefined && third !== undefined && fourth !== undefined && given.length === 4) return [first, second, third, fourth];
  }
  context.issues.push({ code: 'custom', message: 'a number, four numbers joined by _, or max is expected', input: text });
  return z.NEVER;
});

export const radius = defineOperation({
  name: 'rounded corners',
  keys: ['r'],
  phase: 'radius',
  args: z.object({ r: rounding.optional() }),
  apply({ r }, canvas) {
    if (!r || (r !== 'max' && r.every((each) => each === 0))) return canvas;
    return pushPixels(canvas, { op: 'corners', radii: r }, true);
  },
  doc: {
    summary: 'Rounds the corners, after everything but shadow and background.',
    parameters: { r: 'px; four joined by `_`, clockwise from top left; `max` for an ellipse' },
    example: 'w-300,h-200,r-40',
  },
});
