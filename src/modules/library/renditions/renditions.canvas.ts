import { OPERATIONS } from './operations/index.ts';
import { type Bound, type Canvas, type Output, push, pushPixels, type Registered } from './operations/operation.ts';
import { layerOp } from './renditions.compose.ts';
import { lateSteps, type PlannerInput } from './renditions.late.ts';
import { TransformationError } from './renditions.problem.ts';
import type { Comparison, Condition } from './renditions.syntax.ts';
import type { LayerRecipe, RecipeStep } from './renditions.tree.ts';

/** Steps, one after the other, on a canvas. Pure. */

const BY_NAME: ReadonlyMap<string, Registered> = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

const DEFAULT_OUTPUT: Output = {
  format: 'auto',
  quality: null,
  progressive: false,
  lossless: false,
  profile: false,
  density: null,
  metadata: false,
};

function holds({ property, cmp, value }: Comparison, { width, height, source }: Canvas): boolean {
  const wanted = typeof value === 'number' ? value : value[0] / value[1];
  const own = { w: width, h: height, ar: width / height, iw: source.width, ih: source.height, iar: source.width / source.height }[property];
  // Ratios of whole pixels never meet a decimal exactly.
  const difference = property === 'ar' || property === 'iar' ? Math.round((own - wanted) * 1000) : own - wanted;
  switch (cmp) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    case 'gt':
      return difference > 0;
    case 'gte':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'lte':
      return difference <= 0;
  }
}

const met = (condition: Condition, canvas: Canvas): boolean => condition.some((all) => all.every((each) => holds(each, canvas)));

type Work = { readonly op: Bound } | { readonly layer: LayerRecipe } | { readonly step: RecipeStep };

const says = (step: RecipeStep): boolean => step.kind === 'if' || step.ops.length + step.layers.length > 0;

const worksOf = (steps: readonly RecipeStep[]): Work[] => steps.filter(says).map((step) => ({ step }));

/** What a step consists of, on this canvas. */
function partsOf(step: RecipeStep, canvas: Canvas): Work[] {
  if (step.kind === 'if') return worksOf(met(step.condition, canvas) ? step.then : step.otherwise);
  return [...step.ops.map((op) => ({ op })), ...step.layers.map((layer) => ({ layer }))];
}

function operationOf({ name }: Bound): Registered {
  const operation = BY_NAME.get(name);
  if (!operation) throw new Error(`there is no operation ${name}`);
  return operation;
}

/** Works left over, as steps again. */
function stepsOf(works: readonly Work[]): RecipeStep[] {
  const ops = works.flatMap((work) => ('op' in work ? [work.op] : []));
  const layers = works.flatMap((work) => ('layer' in work ? [work.layer] : []));
  const rest = works.flatMap((work) => ('step' in work ? [work.step] : []));
  return ops.length + layers.length > 0 ? [{ kind: 'items', ops, layers }, ...rest] : rest;
}

/** The canvas after one operation or layer. */
function after(work: Exclude<Work, { step: RecipeStep }>, canvas: Canvas, input: PlannerInput): Canvas {
  if ('op' in work) return operationOf(work.op).apply(work.op.args, canvas);
  const { layer } = work;
  const holes = layer.blend === 'cutout' || layer.blend === 'cutter';
  const op = layerOp(layer, canvas, input, (steps, start) => runSteps(steps, start, input).canvas);
  // The others are laid on by libvips.
  if (layer.blend === 'displace') return pushPixels(canvas, op);
  return push(canvas, op, canvas, canvas.hasAlpha || holes);
}

/** What comes of a guessed size; what cannot be done to it says nothing. */
function guessed<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TransformationError) return otherwise;
    throw error;
  }
}

export interface Ran {
  readonly canvas: Canvas;
  readonly output: Output;
}

/**
 * Plans steps. Where the size becomes unknown the rest waits in a late operation; the canvas and the output returned are then what they
 * would be if nothing had been trimmed: good for format and encoder, not for pixels.
 */
export function runSteps(steps: readonly RecipeStep[], start: Canvas, input: PlannerInput): Ran {
  let canvas = start;
  let output = DEFAULT_OUTPUT;
  /** What is planned for now, once the rest is known to be late. */
  let fixed: Canvas['ops'] | null = null;
  let queue = worksOf(steps);
  while (queue.length > 0) {
    if (canvas.open && fixed === null) fixed = [...canvas.ops, lateSteps(stepsOf(queue), canvas, start.open ? null : start.source)];
    const [work, ...rest] = queue as [Work, ...Work[]];
    queue = rest;
    if ('step' in work) {
      queue = [...partsOf(work.step, canvas), ...rest];
      continue;
    }
    const before = canvas;
    const wishes = () => ('op' in work ? operationOf(work.op).output(work.op.args, before) : {});
    output = { ...output, ...(fixed ? guessed(wishes, {}) : wishes()) };
    canvas = fixed ? guessed(() => after(work, before, input), before) : after(work, before, input);
  }
  return { canvas: fixed ? { ...canvas, ops: fixed, open: true } : canvas, output };
}
