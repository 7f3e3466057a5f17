import { z } from 'zod';
import { parseColour } from '../renditions.colour.ts';
import { unsupported } from '../renditions.problem.ts';
import { defineOperation, push } from './operation.ts';

const LATER = /^(dominant|gradient|blurred|genfill)/;

const fill = z.string().transform((text, context) => {
  const found = parseColour(text);
  if (found) return found;
  if (LATER.test(text)) throw unsupported(`bg-${text.slice(0, 40)}`);
  context.issues.push({
    code: 'custom',
    message: 'a colour is expected: RRGGBB, RRGGBB with two digits of opacity, or a name',
    input: text,
  });
  return z.NEVER;
});

export const background = defineOperation({
  name: 'background',
  keys: ['bg'],
  phase: 'background',
  args: z.object({ bg: fill.optional() }),
  // A translucent colour only fills padding: laying it under a picture would not make that opaque.
  apply({ bg }, canvas) {
    if (!bg || bg.alpha < 1 || !canvas.hasAlpha) return canvas;
    return push(canvas, { op: 'flatten', background: bg }, canvas, false);
  },
  doc: {
    summary: 'Fills padding and what is transparent.',
    parameters: { bg: '`RRGGBB`, `RRGGBB` and two decimal digits of opacity (`FF000050`), or an SVG colour name; default black' },
    example: 'w-400,h-400,cm-pad_resize,bg-F3F3F3',
  },
});
