import { z } from 'zod';
import { badParameter } from '../renditions.problem.ts';
import { defineOperation, pushPixels } from './operation.ts';
import { readNumber } from './values.ts';

/** Farthest a corner may go, px. */
const FAR = 16_384;

const distortion = z.string().transform((text, context) => {
  if (text.startsWith('a-')) {
    const degrees = readNumber(text.slice(2), -360, 360);
    if (degrees !== null && degrees !== 0) return { kind: 'arc' as const, degrees };
  }
  if (text.startsWith('p-')) {
    const corners = text
      .slice(2)
      .split('_')
      .flatMap((each) => readNumber(each, -FAR, FAR) ?? []);
    if (corners.length === 8 && text.split('_').length === 8) return { kind: 'perspective' as const, corners };
  }
  context.issues.push({ code: 'custom', message: 'p-x1_y1_x2_y2_x3_y3_x4_y4 or a-<degrees> is expected', input: text });
  return z.NEVER;
});

/** Twice the signed area of the triangle: 0 when the points are on one line. */
function turn(corners: readonly number[], a: number, b: number, c: number): number {
  const at = (i: number) => [corners[2 * (i % 4)] ?? 0, corners[2 * (i % 4) + 1] ?? 0] as const;
  const [[ax, ay], [bx, by], [cx, cy]] = [at(a), at(b), at(c)];
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/** Corners that go round one way, so that the picture can be seen. */
const convex = (corners: readonly number[]): boolean => [0, 1, 2, 3].every((i) => turn(corners, i, i + 1, i + 2) > 0);

export const distort = defineOperation({
  name: 'distort',
  keys: ['e-distort'],
  phase: 'distort',
  args: z.object({ 'e-distort': distortion.optional() }),
  apply({ 'e-distort': values }, canvas) {
    if (!values) return canvas;
    if (values.kind === 'arc') return pushPixels(canvas, { op: 'arc', degrees: values.degrees }, true);
    if (!convex(values.corners)) throw badParameter('e-distort', 'the corners must form a convex quadrilateral, clockwise from top left');
    return pushPixels(canvas, { op: 'perspective', corners: values.corners }, true);
  },
  doc: {
    summary: 'Perspective or arc; the canvas keeps its size, what is left free is transparent.',
    parameters: {
      'e-distort':
        '`p-x1_y1_x2_y2_x3_y3_x4_y4`: where the corners go, clockwise from top left, px, `N` for minus; `a-<degrees>`: bent to an arc',
    },
    example: 'w-300,h-200,e-distort-p-30_20_270_0_300_200_0_170',
  },
});
