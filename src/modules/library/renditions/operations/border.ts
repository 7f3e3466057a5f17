import { z } from 'zod';
import { parseColour } from '../renditions.colour.ts';
import { badParameter } from '../renditions.problem.ts';
import { defineOperation, push } from './operation.ts';
import { lengthOn, readLength } from './values.ts';

/** Width and colour; documentation joins them by `-`, every client by `_`. */
const frame = z.string().transform((text, context) => {
  const [, size = '', name = ''] = /^(.+)[_-]([^_-]+)$/.exec(text) ?? [];
  const [width, colour] = [readLength(size), parseColour(name)];
  if (width && colour) return { width, colour };
  context.issues.push({ code: 'custom', message: '<width>_<colour> is expected, such as 5_FFFFFF', input: text });
  return z.NEVER;
});

export const border = defineOperation({
  name: 'border',
  keys: ['b'],
  phase: 'border',
  args: z.object({ b: frame.optional() }),
  apply({ b }, canvas) {
    if (!b) return canvas;
    const size = Math.round(lengthOn('b', b.width, canvas));
    if (size < 0) throw badParameter('b', 'the border must not be less than 0');
    const [width, height] = [canvas.width + 2 * size, canvas.height + 2 * size];
    if (size === 0) return canvas;
    const op = { op: 'pad', left: size, top: size, width, height, background: b.colour } as const;
    return push(canvas, op, { width, height }, canvas.hasAlpha || b.colour.alpha < 1);
  },
  doc: {
    summary: 'A frame round the picture, which grows by it.',
    parameters: { b: '`<width>_<colour>`; the width in px or an expression' },
    example: 'w-300,b-10_FFCC00',
  },
});
