import { z } from 'zod';
import { parseColour } from '../renditions.colour.ts';
import { badParameter } from '../renditions.problem.ts';
import { CLEAR, defineOperation, pushPixels } from './operation.ts';
import { lengthOn, readLength, readNumber, subParameters } from './values.ts';

/** Clockwise degrees, 0 = towards the top. */
const DIRECTIONS: ReadonlyMap<string, number> = new Map([
  ['top', 0],
  ['top_right', 45],
  ['right', 90],
  ['bottom_right', 135],
  ['bottom', 180],
  ['bottom_left', 225],
  ['left', 270],
  ['top_left', 315],
]);
const WHITE = { r: 255, g: 255, b: 255, alpha: 1 };

const overlay = z.string().transform((text, context) => {
  const given = text === 'true' ? {} : subParameters(text, ['ld', 'from', 'to', 'sp']);
  const direction = given?.ld ?? 'bottom';
  const angle = DIRECTIONS.get(direction) ?? readNumber(direction, 0, 359);
  const from = given?.from === undefined ? WHITE : parseColour(given.from);
  const to = given?.to === undefined ? CLEAR : parseColour(given.to);
  const stop = readLength(given?.sp ?? '1');
  if (given && angle !== null && from && to && stop) return { angle, from, to, stop, whole: given.sp === undefined };
  context.issues.push({
    code: 'custom',
    message: 'ld-<0-359 or a direction>_from-<colour>_to-<colour>_sp-<stop> is expected',
    input: text,
  });
  return z.NEVER;
});

export const gradient = defineOperation({
  name: 'gradient',
  keys: ['e-gradient'],
  phase: 'gradient',
  args: z.object({ 'e-gradient': overlay.optional() }),
  apply({ 'e-gradient': values }, canvas) {
    if (!values) return canvas;
    const { angle, from, to } = values;
    const given = values.whole ? 1 : lengthOn('e-gradient', values.stop, canvas);
    if (!(given > 0)) throw badParameter('e-gradient', 'the stop of the gradient must be more than 0');
    // A part below 1, px from 1 on: along the line of the gradient.
    const radians = (angle * Math.PI) / 180;
    const line = Math.abs(canvas.width * Math.sin(radians)) + Math.abs(canvas.height * Math.cos(radians));
    const stop = values.whole ? 1 : given < 1 ? given : Math.min(1, given / line);
    return pushPixels(canvas, { op: 'gradient', angle, from, to, stop });
  },
  doc: {
    summary: 'Lays a linear gradient over the picture.',
    parameters: {
      'e-gradient':
        'alone (white to nothing, downwards), or joined by `_`: `ld-` degrees (0 = to the top, 90 = to the right) or a direction, `from-`, `to-` colours, `sp-` where `to` is reached (0.01-0.99, px or an expression)',
    },
    example: 'w-300,e-gradient-ld-top_from-000000_to-00000000_sp-0.6',
  },
});
