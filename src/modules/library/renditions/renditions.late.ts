import type { LateOp, Measured, PlanOp } from '../../../platform/media/plan.ts';
import type { Canvas, Hints } from './operations/operation.ts';
import type { Size } from './renditions.geometry.ts';
import type { Framing } from './renditions.framing.ts';
import type { LayerRecipe, PlaceRecipe, RecipeStep } from './renditions.tree.ts';

/** What waits for the pixels, as it travels in a plan and comes back. */

/** A picture of a layer, as far as planning needs to know it. */
export interface LayerInput extends Size {
  /** Its number among the inputs of the render. */
  readonly index: number;
  /** What a person marked as important in it. */
  readonly framing?: Framing | null;
  readonly hasAlpha: boolean;
}

/** A film or subtitles laid over a film; the sizes of subtitles are their film's. */
export interface FileInput {
  /** Its number among the files beside the pictures. */
  readonly index: number;
  /** Size with square pixels. */
  readonly size: Size | null;
  readonly framing: Framing | null;
}

/** What planning knows beside the recipe. */
export interface PlannerInput {
  readonly hints: Hints;
  /** By library path; every picture that the recipe names is there. */
  readonly layers: ReadonlyMap<string, LayerInput>;
  /** What is laid over a film and is no picture, by library path; a picture has none. */
  readonly files?: ReadonlyMap<string, FileInput>;
}

export type Late =
  | {
      readonly late: 'steps';
      readonly steps: readonly RecipeStep[];
      /** Size that `iw`, `ih` mean; null = that of the pixels when they are there (text). */
      readonly source: Size | null;
      readonly base: Size | null;
      /** Where a size is the client's matter: part of what is made. */
      readonly hints?: Hints;
      /** Where a length speaks of it. */
      readonly density?: number;
      /** Where that decides: what a person marked, of which no pixel is gone yet. */
      readonly framing?: Framing;
      /** JPEG has no alpha: black comes under what is left of it. */
      readonly flat?: true;
    }
  | { readonly late: 'place'; readonly place: PlaceRecipe; readonly base: Size; readonly source: Size | null };

const NO_HINTS: Hints = { width: null, dpr: null };

/** Whether a length anywhere in the steps is `auto`. */
const asksClient = (steps: readonly RecipeStep[]): boolean => JSON.stringify(steps).includes('"kind":"auto"');

/** Whether a length anywhere in the steps speaks of the density of the file. */
const asksDensity = (steps: readonly RecipeStep[]): boolean => JSON.stringify(steps).includes('"idn"');

/** Whether a step may ask for what a person marked. */
const asksPerson = (steps: readonly RecipeStep[]): boolean => /"fo":"custom/.test(JSON.stringify(steps));

export function lateSteps(steps: readonly RecipeStep[], canvas: Canvas, source: Size | null): LateOp {
  const { base, hints, density, framing } = canvas;
  const rest: Late = {
    late: 'steps',
    steps,
    source,
    base,
    ...(asksClient(steps) ? { hints } : {}),
    ...(density !== undefined && asksDensity(steps) ? { density } : {}),
    ...(framing && asksPerson(steps) ? { framing } : {}),
  };
  return { op: 'late', rest };
}

export function latePlace(place: PlaceRecipe, base: Size, source: Size | null): LateOp {
  const rest: Late = { late: 'place', place, base, source };
  return { op: 'late', rest };
}

/** The same operations, with the end of a JPEG noted in the late one. */
export const flattenedLate = (ops: readonly PlanOp[]): PlanOp[] =>
  ops.map((op) => (op.op === 'late' ? { op: 'late', rest: { ...(op.rest as Late), flat: true } } : op));

/** Whether steps ask for what a person marked in the picture. Nobody's text can feign it: its quotes are escaped. */
const asksFraming = (steps: readonly RecipeStep[]): boolean => /"fo":"custom(_or_attention)?"/.test(JSON.stringify(steps));

/** Layers anywhere in steps. */
function layersIn(steps: readonly RecipeStep[]): LayerRecipe[] {
  return steps.flatMap((step) => {
    if (step.kind === 'if') return [...layersIn(step.then), ...layersIn(step.otherwise)];
    return step.layers.flatMap((layer) => [layer, ...layersIn(layer.steps)]);
  });
}

const lateLayers = (ops: readonly PlanOp[]): LayerRecipe[] =>
  ops.flatMap((op) => {
    if (op.op === 'layer') return lateLayers(op.layer.ops);
    if (op.op !== 'late') return [];
    // Only our own plans come back.
    const late = op.rest as Late;
    return late.late === 'steps' ? layersIn(late.steps) : [];
  });

/**
 * What a person marked in pictures of layers that are planned when the pixels are there: nothing of it is in the plan yet, and the derivative depends on it.
 * @returns by number of the input, only where a step asks for it; undefined = none
 */
export function lateFramings(ops: readonly PlanOp[], layers: PlannerInput['layers']): Readonly<Record<number, Framing>> | undefined {
  const found: Record<number, Framing> = {};
  for (const { source, steps } of lateLayers(ops)) {
    const picture = source.kind === 'image' ? layers.get(source.path) : undefined;
    if (picture?.framing && asksFraming(steps)) found[picture.index] = picture.framing;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

/** The canvas on which late steps go on. */
export function resumedCanvas(late: Extract<Late, { late: 'steps' }>, { width, height, hasAlpha }: Measured): Canvas {
  const size = { width, height };
  return {
    ...size,
    hasAlpha,
    source: late.source ?? size,
    base: late.base,
    hints: late.hints ?? NO_HINTS,
    ...(late.density === undefined ? {} : { density: late.density }),
    framing: late.framing ?? null,
    ops: [],
    open: false,
  };
}
