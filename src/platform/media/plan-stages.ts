import type { Rgba, StageOp as AnyStageOp } from './plan.ts';

/**
 * Groups a plan's operations into stages that one sharp pipeline can do in the written order. Sharp has an order
 * of its own (extract, scale, flip, rotate, extract, extend, blur), so whatever would be reordered begins a new stage.
 */

export interface Stage {
  /** Flattening commutes with everything else here (see below), so it is done once per stage, first. */
  readonly flatten: Rgba | null;
  readonly ops: readonly Exclude<AnyStageOp, { op: 'flatten' }>[];
}

type StageOp = Stage['ops'][number];

const RANK: Record<StageOp['op'], number> = { extract: 4, scale: 1, attention: 1, flip: 2, rotate: 3, pad: 5, blur: 6 };

/** `over` laid on an opaque `under`, as an opaque colour. */
function compose(over: Rgba, under: Rgba): Rgba {
  const mix = (a: number, b: number) => Math.round(a * over.alpha + b * (1 - over.alpha));
  return { r: mix(over.r, under.r), g: mix(over.g, under.g), b: mix(over.b, under.b), alpha: 1 };
}

/** Flatten after `op` equals flatten before it, when the colours `op` itself adds are flattened too. */
function flattened(op: StageOp, background: Rgba): StageOp {
  return op.op === 'pad' || op.op === 'rotate' ? { ...op, background: compose(op.background, background) } : op;
}

/** Whether sharp would do `next` after everything in `ops`, with the meaning it has in the plan. */
function fits(ops: readonly StageOp[], next: StageOp): boolean {
  const last = ops.at(-1);
  if (!last) return true;
  if (next.op === 'extract' && !ops.some((op) => op.op === 'scale' || op.op === 'attention')) return false;
  const lastRank = ops.length === 1 && last.op === 'extract' ? 0 : RANK[last.op];
  return RANK[next.op] > lastRank;
}

/** Splits `ops` into stages; an empty plan has one empty stage. Pure. */
export function stagesOf(ops: readonly AnyStageOp[]): Stage[] {
  const stages: { flatten: Rgba | null; ops: StageOp[] }[] = [{ flatten: null, ops: [] }];
  for (const op of ops) {
    const stage = stages[stages.length - 1];
    if (!stage) break;
    if (op.op === 'flatten') {
      const opaque = { ...op.background, alpha: 1 };
      stage.ops = stage.ops.map((each) => flattened(each, opaque));
      stage.flatten ??= opaque;
    } else if (fits(stage.ops, op)) stage.ops.push(stage.flatten ? flattened(op, stage.flatten) : op);
    else stages.push({ flatten: null, ops: [op] });
  }
  return stages;
}

const STAGED: ReadonlySet<string> = new Set([...Object.keys(RANK), 'flatten']);

/** Whether sharp's own pipeline does it; everything else works on decoded pixels. */
export const isStageOp = (op: { readonly op: string }): op is AnyStageOp => STAGED.has(op.op);
