import { expect } from 'chai';
import fc from 'fast-check';
import { clampRatio, justify, squares, verticalNeighbour } from '../../../web/src/features/library/grid/justified.ts';
import { actualScale, bound, fitScale, FITTED, zoomAt } from '../../../web/src/features/detail/zoom.ts';

const GAP = 10;

describe('the rows of the picture grid', () => {
  const shapes = fc.array(
    fc.double({ min: 0.1, max: 9, noNaN: true }).map((ratio) => clampRatio(ratio)),
    { maxLength: 80 },
  );
  const widths = fc.integer({ min: 340, max: 2600 });

  it('hold every picture once, in order, and end at the right edge', () => {
    fc.assert(
      fc.property(shapes, widths, fc.integer({ min: 110, max: 330 }), (ratios, width, target) => {
        const rows = justify(ratios, width, target, GAP);
        expect(rows.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at))).to.deep.equal(
          ratios.map((_, at) => at),
        );
        for (const row of rows.slice(0, -1)) {
          expect(row.lefts.at(-1)! + row.widths.at(-1)!).to.equal(width);
          expect(row.height).to.be.at.most(target + 0.001);
        }
      }),
    );
  });

  it('do not move when more pictures follow', () => {
    fc.assert(
      fc.property(shapes, shapes, widths, (first, more, width) => {
        const before = justify(first, width, 180, GAP);
        const after = justify([...first, ...more], width, 180, GAP);
        const whole = before.slice(0, -1);
        expect(after.slice(0, whole.length)).to.deep.equal(whole);
      }),
    );
  });

  it('find the picture above or below', () => {
    const rows = squares(7, 640, 200, GAP);
    expect(rows.map(({ start, end }) => [start, end])).to.deep.equal([
      [0, 3],
      [3, 6],
      [6, 7],
    ]);
    expect(verticalNeighbour(rows, 1, 1)).to.equal(4);
    expect(verticalNeighbour(rows, 5, 1)).to.equal(6);
    expect(verticalNeighbour(rows, 6, -1)).to.equal(3);
    expect(verticalNeighbour(rows, 0, -1)).to.equal(null);
  });
});

describe('zooming', () => {
  const picture = { width: 4000, height: 3000 };
  const frame = { width: 1000, height: 800 };

  it('fits without enlarging and knows when one pixel is one pixel', () => {
    expect(fitScale(picture, frame)).to.equal(0.25);
    expect(fitScale({ width: 100, height: 50 }, frame)).to.equal(1);
    expect(actualScale(picture, frame, 1)).to.equal(4);
    expect(actualScale(picture, frame, 2)).to.equal(2);
  });

  it('keeps the point under the pointer while nothing hits the edge', () => {
    const point = { x: 100, y: 50 };
    const view = zoomAt(FITTED, 2, point, picture, frame);
    expect((point.x - view.x) / view.scale).to.be.closeTo(point.x, 1e-9);
    expect((point.y - view.y) / view.scale).to.be.closeTo(point.y, 1e-9);
  });

  it('never loses the picture', () => {
    expect(bound({ scale: 1, x: 5000, y: 5000 }, picture, frame)).to.deep.equal({ scale: 1, x: 0, y: 0 });
    expect(bound({ scale: 2, x: 5000, y: 0 }, picture, frame).x).to.equal(500);
  });
});
