import { LATER_KEYS, OPERATIONS, OVERLAY_KEYS } from './operations/index.ts';
import { type Bound, type Output, PHASES } from './operations/operation.ts';
import { parseTransformation } from './renditions.grammar.ts';
import { badParameter, TransformationError, unsupported } from './renditions.problem.ts';
import type { ItemStep, Param, Step } from './renditions.syntax.ts';

/** From a syntax tree to checked operations: everything that can be said without knowing the asset. Pure. */

export interface Recipe {
  /** Operations with an effect on pixels, by step, in order of work. */
  readonly steps: readonly (readonly Bound[])[];
  readonly output: Output;
  /** `orig-true`: stored bytes, all else ignored. */
  readonly original: boolean;
  /** Nothing was asked for. */
  readonly plain: boolean;
  /** Keys nobody knows, in order of appearance. */
  readonly ignored: readonly string[];
  /** Client hints the answer varies on: `width`, `dpr`. */
  readonly hints: readonly string[];
}

const DEFAULT_OUTPUT: Output = { format: 'auto', quality: 80 };
const KNOWN: ReadonlySet<string> = new Set(OPERATIONS.flatMap((operation) => operation.keys));

function refuse(key: string): void {
  if (OVERLAY_KEYS.has(key)) throw badParameter(key, `${key} is the old overlay syntax; write a layer: l-image,i-<path>,l-end`);
  if (LATER_KEYS.has(key)) throw unsupported(key);
}

function params(step: ItemStep): Param[] {
  return step.items.map((item) => {
    if (item.kind === 'layer') throw unsupported(`l-${item.type}`);
    return item;
  });
}

interface Read {
  readonly known: Record<string, string>;
  readonly ignored: string[];
}

function readParams(step: ItemStep, strict: boolean): Read {
  const known: Record<string, string> = {};
  const ignored: string[] = [];
  for (const { key, value } of params(step)) {
    if (KNOWN.has(key)) {
      if (value === '') throw badParameter(key, `${key} has no value`);
      known[key] = value ?? 'true';
    } else if (value !== '' || !LATER_KEYS.has(key)) {
      // `di-` and the like, with nothing after the hyphen, are sent by clients for "not set".
      refuse(key);
      if (strict) throw badParameter(key.slice(0, 60), `${key.slice(0, 60)} is not a known parameter`);
      ignored.push(key);
    }
  }
  return { known, ignored };
}

/** Operations in order of work: by phase, then as listed in the registry. */
const IN_ORDER = [...OPERATIONS].sort((a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase));

function bind(known: Record<string, string>): Bound[] {
  return IN_ORDER.filter((operation) => operation.keys.some((key) => key in known)).map((operation) => operation.bind(known, badParameter));
}

function itemSteps(steps: readonly Step[]): ItemStep[] {
  return steps.map((step) => {
    if (step.kind === 'conditional') throw unsupported('if');
    return step;
  });
}

/**
 * Checks every parameter of a parsed chain.
 * @throws TransformationError EPARAM for a bad value (or, when `strict`, an unknown key), EUNSUPPORTED for what is not made here
 */
export function readSteps(steps: readonly Step[], options: { strict: boolean } = { strict: false }): Recipe {
  const reads = itemSteps(steps).map((step) => readParams(step, options.strict));
  const bound = reads.map((read) => bind(read.known));
  const output = bound.flat().reduce<Output>((sum, each) => ({ ...sum, ...each.output }), DEFAULT_OUTPUT);
  return {
    steps: bound,
    output,
    original: reads.some((read) => read.known.orig === 'true'),
    plain: reads.every((read) => Object.keys(read.known).length === 0),
    ignored: [...new Set(reads.flatMap((read) => read.ignored))],
    hints: [...new Set(bound.flat().flatMap((each) => each.usesHints))],
  };
}

/** Parses and reads a chain written by ourselves; throws a plain Error when it is not valid. */
export function readOwn(text: string): Recipe {
  try {
    return readSteps(parseTransformation(text), { strict: true });
  } catch (error) {
    throw error instanceof TransformationError ? new Error(`recipe ${text}: ${error.message}`) : error;
  }
}
