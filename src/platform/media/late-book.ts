import { decodeFailed } from './media.ts';
import type { LateOp, Measured, PlanOp, Resume } from './plan.ts';

const MAX_SIDE = 1_000_000;

const isSide = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_SIDE;

/**
 * Keeps the late operations of one job in the server; the child gets their numbers. A child that a file has taken over can ask for nothing but what was
 * planned, once each.
 */
export class LateBook {
  private readonly rests: unknown[] = [];
  private readonly planner: Resume | null;

  constructor(planner: Resume | null) {
    this.planner = planner;
  }

  /** The same operations with numbers in place of what only the planner understands, in layers too. */
  hide(ops: readonly PlanOp[]): PlanOp[] {
    return ops.map((op) => {
      if (op.op === 'late') return this.numbered(op);
      if (op.op !== 'layer') return op;
      const { layer } = op;
      const place = 'op' in layer.place ? this.numbered(layer.place) : layer.place;
      return { op: 'layer', layer: { ...layer, ops: this.hide(layer.ops), place } };
    });
  }

  private numbered({ rest }: LateOp): LateOp {
    return { op: 'late', rest: this.rests.push(rest) - 1 };
  }

  /** Answers the child. @throws what the planner throws; decode_failed for a question that was not planned */
  readonly resume: Resume = (number: unknown, measured: Measured) => {
    const index = typeof number === 'number' ? number : -1;
    const rest = this.rests[index];
    if (rest === undefined || !this.planner || !isSide(measured.width) || !isSide(measured.height)) {
      throw decodeFailed({ detail: 'The decoder asked for what was not planned.', extra: { reason: 'refused' } });
    }
    this.rests[index] = undefined;
    const next = this.planner(rest, { width: measured.width, height: measured.height, hasAlpha: measured.hasAlpha });
    return 'left' in next ? next : this.hide(next);
  };
}
