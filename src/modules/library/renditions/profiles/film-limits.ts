import type { FilmOp } from '../../../../platform/media/film-plan.ts';
import type { Size } from '../renditions.geometry.ts';
import { badParameter, overLimit } from '../renditions.problem.ts';

/** How large the pictures of a film may be on the way to what comes out: ffmpeg holds some of each step at a time. Pure. */

/** Of one picture, px: more than comes out, since what is cut to fill a box is larger than the box. */
const MAX_FRAME_PIXELS = 7680 * 4320;
/** Of one picture in all its steps together, px. */
const MAX_STEPS_PIXELS = 100_000_000;
/** Codecs with half the colours know nothing smaller. */
const SMALLEST = 2;

const area = ({ width, height }: Size): number => width * height;

/** What is scaled to fill a box before it is cut to it. */
function filling(size: Size, box: Size): number {
  const scale = Math.max(box.width / size.width, box.height / size.height);
  return Math.ceil(area(size) * scale * scale);
}

/** Pictures held, px. */
interface Held {
  readonly largest: number;
  readonly sum: number;
}

/** The picture after a step, and what the step holds. */
function after(op: FilmOp, size: Size, files: readonly (Size | null)[]): Held & { size: Size } {
  const alone = (next: Size, pixels = area(next)) => ({ size: next, largest: pixels, sum: pixels });
  if (op.op === 'turn') return alone(op.degrees === 180 ? size : { width: size.height, height: size.width });
  if (op.op === 'flip') return alone(size);
  if (op.op === 'inset') {
    // Its pictures are worked on beside this one, step by step as here.
    const inner = held(op.ops, files[op.input] ?? size, files);
    return { size, largest: Math.max(area(size), inner.largest), sum: area(size) + inner.sum };
  }
  const { width, height } = op;
  const fills = op.op === 'attention' || op.op === 'blurred';
  return alone({ width, height }, fills ? Math.max(area(op), filling(size, op)) : area(op));
}

function checkSize({ width, height }: Size): void {
  if (width < SMALLEST || height < SMALLEST)
    throw badParameter('w', `a film has at least ${SMALLEST} x ${SMALLEST} px; this one would have ${width} x ${height}`);
}

/** @throws EPARAM for what leaves nothing to be seen */
function held(ops: readonly FilmOp[], start: Size, files: readonly (Size | null)[]): Held {
  let size = start;
  let sum = area(start);
  let largest = sum;
  checkSize(size);
  for (const op of ops) {
    const next = after(op, size, files);
    size = next.size;
    sum += next.sum;
    largest = Math.max(largest, next.largest);
    checkSize(size);
  }
  return { largest, sum };
}

/**
 * @param start of the film itself, px
 * @param files of the films that are laid over it, by their numbers
 * @throws EPARAM for what leaves nothing to be seen, ELIMIT for pictures that take too much memory
 */
export function checkFrames(ops: readonly FilmOp[], start: Size, files: readonly (Size | null)[]): void {
  const { largest, sum } = held(ops, start, files);
  if (largest > MAX_FRAME_PIXELS) throw overLimit('pixels of a step of a film', largest, MAX_FRAME_PIXELS);
  if (sum > MAX_STEPS_PIXELS) throw overLimit('pixels of all steps of a film', sum, MAX_STEPS_PIXELS);
}
