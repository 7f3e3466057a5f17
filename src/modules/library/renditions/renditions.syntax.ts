/** The tree a transformation string is parsed to (delivery-urls 2). Values are percent-decoded. */

export const LAYER_TYPES = ['image', 'text', 'video', 'subtitles', 'subtitle'] as const;
export type LayerType = (typeof LAYER_TYPES)[number];

export interface Param {
  readonly kind: 'param';
  readonly key: string;
  /** null = a bare key; the empty string = a key with nothing after the hyphen. */
  readonly value: string | null;
}

export interface Layer {
  readonly kind: 'layer';
  readonly type: LayerType;
  /** The layer's own chain. */
  readonly steps: readonly Step[];
}

export interface Comparison {
  readonly property: 'w' | 'h' | 'ar' | 'iw' | 'ih' | 'iar';
  readonly cmp: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';
  /** A number, or a ratio as numerator and denominator. */
  readonly value: number | readonly [number, number];
}

/** Alternatives (`_or_`) of conjunctions (`_and_`). */
export type Condition = readonly (readonly Comparison[])[];

export interface Conditional {
  readonly kind: 'conditional';
  readonly condition: Condition;
  readonly then: readonly Step[];
  readonly otherwise: readonly Step[] | null;
}

export interface ItemStep {
  readonly kind: 'items';
  readonly items: readonly (Param | Layer)[];
}

export type Step = ItemStep | Conditional;

function printComparison({ property, cmp, value }: Comparison): string {
  return `${property}_${cmp}_${typeof value === 'number' ? value : `${value[0]}-${value[1]}`}`;
}

function printItem(item: Param | Layer): string {
  if (item.kind === 'layer') return `l-${item.type},${printSteps(item.steps)},l-end`;
  return item.value === null ? item.key : `${item.key}-${encodeURIComponent(item.value)}`;
}

function printStep(step: Step): string {
  if (step.kind === 'items') return step.items.map(printItem).join(',');
  const condition = step.condition.map((all) => all.map(printComparison).join('_and_')).join('_or_');
  const otherwise = step.otherwise ? `,if-else,${printSteps(step.otherwise)}` : '';
  return `if-${condition},${printSteps(step.then)}${otherwise},if-end`;
}

/** The canonical text of a chain; parses back to the same tree. */
export function printSteps(steps: readonly Step[]): string {
  return steps.map(printStep).join(':');
}
