import type { PlanOp } from '../../../platform/media/plan.ts';
import type { Size } from './renditions.geometry.ts';
import type { Late, LayerInput } from './renditions.late.ts';
import { overLimit } from './renditions.problem.ts';
import type { LayerRecipe, RecipeStep } from './renditions.tree.ts';

/** How many pixels the layers of one transformation have together. Each is bounded by itself; twelve large ones would take gigabytes. Pure. */

/** As many as the picture below them may have. */
export const MAX_LAYER_PIXELS = 100_000_000;

export interface BudgetInput {
  /** What is decoded, by the numbers of the inputs. */
  readonly sizes: readonly Size[];
  /** By library path, for layers that are planned when the pixels are there. */
  readonly layers: ReadonlyMap<string, LayerInput>;
}

const area = ({ width, height }: Size): number => width * height;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

function ofRecipe({ source, steps }: LayerRecipe, input: BudgetInput): number {
  const inside = ofSteps(steps, input);
  if (source.kind === 'image') return inside + area(input.layers.get(source.path) ?? { width: 0, height: 0 });
  if (source.kind !== 'solid' || source.width.kind !== 'number' || source.height.kind !== 'number') return inside;
  return inside + source.width.value * source.height.value;
}

function ofSteps(steps: readonly RecipeStep[], input: BudgetInput): number {
  return sum(
    steps.map((step) =>
      step.kind === 'if'
        ? Math.max(ofSteps(step.then, input), ofSteps(step.otherwise, input))
        : sum(step.layers.map((layer) => ofRecipe(layer, input))),
    ),
  );
}

function ofOps(ops: readonly PlanOp[], input: BudgetInput): number {
  return sum(
    ops.map((op) => {
      if (op.op === 'late') {
        // Only our own plans come here.
        const late = op.rest as Late;
        return late.late === 'steps' ? ofSteps(late.steps, input) : 0;
      }
      if (op.op !== 'layer') return 0;
      const { source, ops: inner } = op.layer;
      const own = source.kind === 'image' ? input.sizes[source.input] : source.kind === 'solid' ? source : null;
      return ofOps(inner, input) + (own ? area(own) : 0);
    }),
  );
}

/**
 * Counts pictures and areas of all layers, at every depth, as they are decoded.
 * @throws TransformationError ELIMIT with the sum and what is allowed
 */
export function checkLayers(ops: readonly PlanOp[], input: BudgetInput): void {
  const pixels = Math.round(ofOps(ops, input));
  if (pixels > MAX_LAYER_PIXELS) throw overLimit('pixels of all layers', pixels, MAX_LAYER_PIXELS);
}
