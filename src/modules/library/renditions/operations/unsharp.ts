import { z } from 'zod';
import { defineOperation, pushPixels } from './operation.ts';
import { readNumber } from './values.ts';

const DEFAULTS = { sigma: 2, amount: 0.8, threshold: 0.024 };

/** Radius, sigma, amount, threshold. The radius only bounds the kernel, which libvips does by itself. */
const mask = z.string().transform((text, context) => {
  if (text === 'true') return DEFAULTS;
  const values = text.split('-').map((each) => readNumber(each, 0, 1000));
  const [radius = null, sigma = null, amount = null, threshold = null] = values;
  const known = values.length === 4 && radius !== null && sigma !== null && amount !== null && threshold !== null;
  if (known && sigma >= 0.3 && amount <= 10 && threshold <= 1) return { sigma: Math.min(50, sigma), amount, threshold };
  context.issues.push({ code: 'custom', message: 'radius-sigma-amount-threshold is expected, such as 2-2-0.8-0.024', input: text });
  return z.NEVER;
});

export const unsharp = defineOperation({
  name: 'unsharp mask',
  keys: ['e-usm'],
  phase: 'sharpness',
  args: z.object({ 'e-usm': mask.optional() }),
  apply({ 'e-usm': values }, canvas) {
    return values ? pushPixels(canvas, { op: 'unsharp', ...values }) : canvas;
  },
  doc: {
    summary: 'Sharpens by the difference to a blurred copy.',
    parameters: { 'e-usm': '`radius-sigma-amount-threshold`; sigma from 0.3 px, amount to 10, threshold 0-1 of the full scale' },
    example: 'w-300,e-usm-2-2-0.8-0.024',
  },
});
