import { z } from 'zod';
import { parseColour } from '../renditions.colour.ts';
import { type Expression, evaluate, parseExpression } from '../renditions.expression.ts';
import { badParameter } from '../renditions.problem.ts';
import type { Canvas } from './operation.ts';

/** Kinds of values parameters take, as zod schemas from the URL's text. */

export type Length =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'auto' };

const NUMBER = /^\d+(\.\d+)?$/;

/** A number in [min, max]; `N` means minus where `min` is negative. */
export function number(min: number, max: number) {
  return z.string().transform((text, context) => {
    const signed = min < 0 && text.startsWith('N') ? `-${text.slice(1)}` : text;
    const value = NUMBER.test(signed.replace(/^-/, '')) && (min < 0 || !signed.startsWith('-')) ? Number(signed) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.issues.push({ code: 'custom', message: `a number from ${min} to ${max} is expected`, input: text });
    return z.NEVER;
  });
}

/** A number, an expression, or (where allowed) `auto`. */
export function length(options: { auto?: boolean; signed?: boolean } = {}) {
  return z.string().transform((text, context): Length => {
    if (options.auto && text === 'auto') return { kind: 'auto' };
    if (NUMBER.test(text)) return { kind: 'number', value: Number(text) };
    if (options.signed && /^N\d+(\.\d+)?$/.test(text)) return { kind: 'number', value: -Number(text.slice(1)) };
    const expression = parseExpression(text);
    if (expression) return { kind: 'expression', expression };
    context.issues.push({ code: 'custom', message: 'a number or an expression is expected', input: text });
    return z.NEVER;
  });
}

/** The value of a length on this canvas. @throws EPARAM when an expression cannot be computed here */
export function lengthOn(key: string, value: Exclude<Length, { kind: 'auto' }>, canvas: Canvas): number {
  if (value.kind === 'number') return value.value;
  const { source, width, height } = canvas;
  const result = evaluate(value.expression, {
    iw: source.width,
    ih: source.height,
    iar: source.width / source.height,
    cw: width,
    ch: height,
    car: width / height,
  });
  if (result === null) throw badParameter(key, `the expression of ${key} cannot be computed for this asset`);
  return result;
}

/** A background another operation also reads; that one reports what is wrong with it. */
export const background = z
  .string()
  .transform((text) => parseColour(text) ?? undefined)
  .optional();

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
