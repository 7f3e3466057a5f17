import { z } from 'zod';
import { unsupported } from '../renditions.problem.ts';
import { defineOperation, push, pushPixels } from './operation.ts';
import { isFill, readBackdrop } from './values.ts';

const backdrop = z.string().transform((text, context) => {
  const found = readBackdrop(text);
  if (found) return found;
  if (text.startsWith('genfill')) throw unsupported(`bg-${text.slice(0, 40)}`);
  context.issues.push({
    code: 'custom',
    message: 'a colour is expected (RRGGBB, RRGGBB with two digits of opacity, or a name), dominant, gradient_dominant or blurred',
    input: text,
  });
  return z.NEVER;
});

export const background = defineOperation({
  name: 'background',
  keys: ['bg'],
  phase: 'background',
  args: z.object({ bg: backdrop.optional() }),
  // A translucent colour only fills padding: laying it under a picture would not make that opaque.
  apply({ bg }, canvas) {
    if (!bg || !canvas.hasAlpha) return canvas;
    if (isFill(bg)) {
      const box = { left: 0, top: 0, width: canvas.width, height: canvas.height };
      return pushPixels(canvas, { op: 'fill', ...box, fill: bg }, false);
    }
    return bg.alpha < 1 ? canvas : push(canvas, { op: 'flatten', background: bg }, canvas, false);
  },
  doc: {
    summary: 'Fills padding and what is transparent.',
    parameters: {
      bg: '`RRGGBB`, `RRGGBB` and two decimal digits of opacity (`FF000050`), or an SVG colour name; `dominant`; `gradient_dominant` (from two edges) or `gradient_dominant_4` (from four corners); `blurred`, `blurred_<1-100 or auto>_<brightness, N255 to 255>`; default black',
    },
    example: 'w-400,h-400,cm-pad_resize,bg-blurred_auto_N20',
  },
});
