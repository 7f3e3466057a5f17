import { z } from 'zod';
import type { Fill } from '../../../../platform/media/plan.ts';
import { type Colour, parseColour } from '../renditions.colour.ts';
import { type Expression, evaluate, parseExpression } from '../renditions.expression.ts';
import { badParameter } from '../renditions.problem.ts';
import type { Canvas } from './operation.ts';

/** Kinds of values parameters take, as zod schemas from the URL's text. */

export type Length =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'auto' };

const NUMBER = /^\d+(\.\d+)?$/;

/** A number in [min, max], or null; `N` means minus where `min` is negative. */
export function readNumber(text: string, min: number, max: number): number | null {
  const negative = min < 0 && text.startsWith('N');
  const digits = negative ? text.slice(1) : text;
  const value = NUMBER.test(digits) ? Number(digits) * (negative ? -1 : 1) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

/** A number in [min, max]; `N` means minus where `min` is negative. */
export function number(min: number, max: number) {
  return z.string().transform((text, context) => {
    const value = readNumber(text, min, max);
    if (value !== null) return value;
    context.issues.push({ code: 'custom', message: `a number from ${min} to ${max} is expected`, input: text });
    return z.NEVER;
  });
}

/** A number or an expression from its text; null when it is neither. */
export function readLength(text: string): Exclude<Length, { kind: 'auto' }> | null {
  if (NUMBER.test(text)) return { kind: 'number', value: Number(text) };
  const expression = parseExpression(text);
  return expression && { kind: 'expression', expression };
}

/** A number, an expression, or (where allowed) `auto`. */
export function length(options: { auto?: boolean; signed?: boolean } = {}) {
  return z.string().transform((text, context): Length => {
    if (options.auto && text === 'auto') return { kind: 'auto' };
    if (options.signed && /^N\d+(\.\d+)?$/.test(text)) return { kind: 'number', value: -Number(text.slice(1)) };
    const read = readLength(text);
    if (read) return read;
    context.issues.push({ code: 'custom', message: 'a number or an expression is expected', input: text });
    return z.NEVER;
  });
}

/** The value of a length on this canvas. @throws EPARAM when an expression cannot be computed here */
export function lengthOn(
  key: string,
  value: Exclude<Length, { kind: 'auto' }>,
  canvas: Pick<Canvas, 'source' | 'base' | 'width' | 'height' | 'density'>,
): number {
  if (value.kind === 'number') return value.value;
  const { source, base, width, height, density } = canvas;
  const result = evaluate(value.expression, {
    iw: source.width,
    ih: source.height,
    iar: source.width / source.height,
    cw: width,
    ch: height,
    car: width / height,
    ...(base === null ? {} : { bw: base.width, bh: base.height, bar: base.width / base.height }),
    ...(density === undefined ? {} : { idn: density }),
  });
  if (result === null) throw badParameter(key, `the expression of ${key} cannot be computed for this asset`);
  return result;
}

export const colour = z.string().transform((text, context): Colour => {
  const found = parseColour(text);
  if (found) return found;
  context.issues.push({
    code: 'custom',
    message: 'a colour is expected: RRGGBB, RRGGBB with two digits of opacity, or a name',
    input: text,
  });
  return z.NEVER;
});

export type Backdrop = Colour | Fill;

const BLURRED = /^blurred(?:_(auto|\d{1,3})(?:_(N?\d{1,3}))?)?$/;

/** A colour, or something made of the picture; null when the text is neither. */
export function readBackdrop(text: string): Backdrop | null {
  if (text === 'dominant') return { kind: 'dominant' };
  const edges = /^gradient_dominant(?:_(2|4))?$/.exec(text);
  if (edges) return { kind: 'edges', colours: edges[1] === '4' ? 4 : 2 };
  const blurred = BLURRED.exec(text);
  if (!blurred) return parseColour(text);
  const [, strength = 'auto', light = '0'] = blurred;
  const sigma = strength === 'auto' ? null : readNumber(strength, 0, 100);
  const brightness = readNumber(light, -255, 255);
  // Numbers go as for `bl`: the standard deviation is half of it.
  return brightness === null || (strength !== 'auto' && sigma === null)
    ? null
    : { kind: 'blurred', sigma: sigma === null ? null : sigma / 2, brightness };
}

export const isFill = (backdrop: Backdrop): backdrop is Fill => 'kind' in backdrop;

/** A background another operation also reads; that one reports what is wrong with it. */
export const background = z
  .string()
  .transform((text) => readBackdrop(text) ?? undefined)
  .optional();

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** `bl-10_x-N5`: named numbers and words joined by underscores, split at the names that are known. */
export function subParameters(text: string, names: readonly string[]): Record<string, string> | null {
  const out: Record<string, string> = {};
  const starts = [...text.matchAll(new RegExp(`(?:^|_)(${names.join('|')})-`, 'g'))];
  if (text !== '' && starts[0]?.index !== 0) return null;
  for (const [i, match] of starts.entries()) {
    const name = match[1] ?? '';
    if (name in out) return null;
    out[name] = text.slice(match.index + match[0].length, starts[i + 1]?.index);
  }
  return out;
}
