import type { PlanOp } from '../../../platform/media/plan.ts';
import type { Box, Point, Size } from './renditions.geometry.ts';

/** What a person marked as important in a picture, and where that is after each operation. Pure. */

/** Edges as fractions 0-1 of the upright picture. */
export interface FramingBox extends Point {
  readonly width: number;
  readonly height: number;
}

/** Fractions of the upright picture, so that they hold for each of its sizes. */
export interface Framing {
  /** The focal point; null = none. */
  readonly point: Point | null;
  /** The crop; null = all of it. */
  readonly box: FramingBox | null;
}

const within = (value: number): number => Math.min(1, Math.max(0, value));

/** The box in px of a picture of this size: at least one pixel, never beyond an edge. */
export function boxOn(box: FramingBox, { width, height }: Size): Box {
  const left = Math.min(width - 1, Math.round(box.x * width));
  const top = Math.min(height - 1, Math.round(box.y * height));
  return {
    left,
    top,
    width: Math.min(width - left, Math.max(1, Math.round(box.width * width))),
    height: Math.min(height - top, Math.max(1, Math.round(box.height * height))),
  };
}

export const centreOf = (box: FramingBox): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

type Move = (at: Point) => Point;

function moved({ point, box }: Framing, move: Move): Framing | null {
  const corners = box && [move(box), move({ x: box.x + box.width, y: box.y + box.height })];
  const [xs, ys] = [corners?.map(({ x }) => within(x)) ?? [], corners?.map(({ y }) => within(y)) ?? []];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const at = point && move(point);
  const kept: Framing = {
    point: at && { x: within(at.x), y: within(at.y) },
    // Of a box that was cut away nothing can be shown.
    box: box && width > 0 && height > 0 ? { x: left, y: top, width, height } : null,
  };
  return kept.point || kept.box ? kept : null;
}

const TURNS: Readonly<Record<number, Move>> = {
  90: ({ x, y }) => ({ x: 1 - y, y: x }),
  180: ({ x, y }) => ({ x: 1 - x, y: 1 - y }),
  270: ({ x, y }) => ({ x: y, y: 1 - x }),
};

/** Where it is after an operation that makes a canvas of size `to` of one of size `from`; null when nobody can say. */
export function framingAfter(framing: Framing | null, op: PlanOp, from: Size, to: Size): Framing | null {
  if (framing === null) return null;
  switch (op.op) {
    case 'extract':
      return moved(framing, ({ x, y }) => ({ x: (x * from.width - op.left) / to.width, y: (y * from.height - op.top) / to.height }));
    case 'pad':
    case 'fill':
      return moved(framing, ({ x, y }) => ({ x: (x * from.width + op.left) / to.width, y: (y * from.height + op.top) / to.height }));
    case 'flip':
      return moved(framing, ({ x, y }) => ({ x: op.horizontal ? 1 - x : x, y: op.vertical ? 1 - y : y }));
    case 'rotate': {
      const turn = TURNS[op.degrees];
      return turn ? moved(framing, turn) : null;
    }
    case 'attention':
    case 'trim':
    case 'perspective':
    case 'arc':
    case 'late':
      return null;
    default:
      return framing;
  }
}
