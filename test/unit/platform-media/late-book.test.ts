import { expect } from 'chai';
import { LateBook } from '../../../src/platform/media/late-book.ts';
import type { PlanOp } from '../../../src/platform/media/plan.ts';

describe('late operations of a job', () => {
  const size = { width: 10, height: 10, hasAlpha: false };
  const late = (rest: unknown): PlanOp => ({ op: 'late', rest });
  const layer = (ops: PlanOp[], place: unknown): PlanOp => ({
    op: 'layer',
    layer: { source: { kind: 'image', input: 0, page: 0 }, ops, place: { op: 'late', rest: place }, blend: 'over' },
  });

  it('are numbers outside, in layers too, and themselves for the planner', () => {
    const asked: unknown[] = [];
    const book = new LateBook((rest) => {
      asked.push(rest);
      return rest === 'place' ? { left: 1, top: 2 } : [late('more')];
    });
    const hidden = book.hide([{ op: 'trim', threshold: 1 }, layer([late('inner')], 'place'), late('outer')]);
    expect(JSON.stringify(hidden)).to.not.match(/inner|outer|place":\{"op":"late","rest":"/);
    expect(book.resume(0, size)).to.deep.equal({ left: 1, top: 2 });
    expect(book.resume(2, size)).to.deep.equal([{ op: 'late', rest: 3 }]);
    expect(asked).to.deep.equal(['place', 'outer']);
  });

  it('are answered once each, and nothing else is', () => {
    const book = new LateBook(() => []);
    book.hide([late('a')]);
    expect(book.resume(0, size)).to.deep.equal([]);
    for (const [number, measured] of [
      [0, size],
      [7, size],
      ['a', size],
      [-1, size],
      [0, { ...size, width: Number.NaN }],
    ] as const) {
      expect(() => book.resume(number, measured))
        .to.throw()
        .with.property('code', 'decode_failed');
    }
  });
});
