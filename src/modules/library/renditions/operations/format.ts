import { z } from 'zod';
import { unsupported } from '../renditions.problem.ts';
import { defineOperation, type FormatChoice } from './operation.ts';

/** Known to clients, but not made here. */
const LATER = ['mp4', 'webm'] as const;
const NAMES = ['auto', 'orig', 'jpg', 'jpeg', 'webp', 'avif', 'png', 'gif', 'svg', ...LATER] as const;

function choice(name: (typeof NAMES)[number]): FormatChoice {
  if (name === 'mp4' || name === 'webm') throw unsupported(`f-${name}`);
  return name === 'jpg' ? 'jpeg' : name;
}

export const format = defineOperation({
  name: 'format',
  keys: ['f'],
  phase: 'output',
  args: z.object({ f: z.enum(NAMES).optional() }),
  output: ({ f }) => (f === undefined ? {} : { format: choice(f) }),
  doc: {
    summary: 'File format of the answer.',
    parameters: {
      f: '`auto` (default: by `Accept`), `jpg` `jpeg` `webp` `avif` `png`, `gif` (from GIF only), `svg` (from SVG only), `orig` (as stored, where it can be written). An SVG stays one unless a raster format is named or more than its size is changed',
    },
    example: 'w-400,f-avif',
  },
});
