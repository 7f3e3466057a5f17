import { z } from 'zod';
import { overLimit } from '../renditions.problem.ts';
import { defineOperation, pushPixels } from './operation.ts';
import { readNumber, subParameters } from './values.ts';

/** Most pixels of a canvas that gets a shadow as it is (delivery-urls 4.4). */
const MAX_SHADOW_PIXELS = 2_000_000;

const look = z.string().transform((text, context) => {
  const given = text === 'true' ? {} : subParameters(text, ['bl', 'st', 'x', 'y']);
  const values = [readNumber(given?.bl ?? '10', 0, 15), readNumber(given?.st ?? '30', 0, 100), readNumber(given?.x ?? '2', -100, 100)];
  const [blur = null, strength = null, x = null] = values;
  const y = readNumber(given?.y ?? '2', -100, 100);
  if (given && blur !== null && strength !== null && x !== null && y !== null) return { blur, strength, x, y };
  context.issues.push({ code: 'custom', message: 'bl-<0-15>_st-<0-100>_x-<N100-100>_y-<N100-100> is expected', input: text });
  return z.NEVER;
});

export const shadow = defineOperation({
  name: 'shadow',
  keys: ['e-shadow'],
  phase: 'shadow',
  args: z.object({ 'e-shadow': look.optional() }),
  apply({ 'e-shadow': values }, canvas) {
    if (!values) return canvas;
    const pixels = canvas.width * canvas.height;
    // Whoever has resized knows what they ask for; then the limit of every operation on pixels holds.
    const resized = canvas.ops.some((op) => op.op === 'scale' || op.op === 'attention' || op.op === 'extract');
    if (!resized && pixels > MAX_SHADOW_PIXELS) throw overLimit('pixels of e-shadow', pixels, MAX_SHADOW_PIXELS);
    const x = Math.round((values.x / 100) * canvas.width);
    const y = Math.round((values.y / 100) * canvas.height);
    return pushPixels(canvas, { op: 'shadow', sigma: values.blur, opacity: values.strength / 100, x, y });
  },
  doc: {
    summary: 'A soft shadow of what is not transparent; the canvas keeps its size. Above 2 megapixels only after a resize.',
    parameters: {
      'e-shadow': 'alone, or joined by `_`: `bl-` blur 0-15, `st-` strength 0-100, `x-` and `y-` offset in % of the size, `N` for minus',
    },
    example: 'w-240,r-30:w-300,h-200,cm-pad_extract,bg-FFFFFF00:e-shadow-bl-8_st-70_x-2_y-4',
  },
});
