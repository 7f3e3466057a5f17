import { expect } from 'chai';
import fc from 'fast-check';
import {
  CROPS,
  type Crop,
  geometry,
  POSITIONS,
  type Request,
  rotatedSize,
} from '../../../src/modules/library/renditions/renditions.geometry.ts';

const INPUT = { width: 640, height: 865 };
const ask = (crop: Crop, width: number | null, height: number | null, over: Partial<Request> = {}) =>
  geometry(INPUT, { width, height, crop, focus: 'center', x: null, y: null, xc: null, yc: null, ...over });

function result(crop: Crop, width: number | null, height: number | null, over: Partial<Request> = {}): string {
  const todo = ask(crop, width, height, over);
  if (todo === 'outside') return 'outside';
  const { width: w, height: h } = todo.pad ?? todo.extract ?? todo.scale ?? INPUT;
  return `${w}x${h}`;
}

describe('size arithmetic (source 640x865)', () => {
  const table: [crop: Crop, w: number | null, h: number | null, size: string, over?: Partial<Request>][] = [
    // Documented examples.
    ['at_max', 300, 200, '148x200'],
    ['at_max_enlarge', 850, 1000, '740x1000'],
    ['at_least', 300, 200, '300x405'],
    ['maintain_ratio', 300, 200, '300x200'],
    ['force', 300, 200, '300x200'],
    ['pad_resize', 300, 200, '300x200'],
    ['extract', 300, 200, '300x200'],
    // One side.
    ['maintain_ratio', 320, null, '320x433'],
    ['maintain_ratio', null, 200, '148x200'],
    ['maintain_ratio', 1280, null, '1280x1730'],
    ['maintain_ratio_no_enlarge', 1280, null, '640x865'],
    ['at_max', 1280, null, '640x865'],
    ['at_max_enlarge', 1280, null, '1280x1730'],
    ['pad_resize', 320, null, '320x433'],
    ['extract', 320, null, '320x865'],
    // Larger than the input.
    ['at_max', 2000, 2000, '640x865'],
    ['maintain_ratio', 2000, 2000, '2000x2000'],
    ['maintain_ratio_no_enlarge', 2000, 800, '640x800'],
    ['at_least', 2000, 2000, '2000x2703'],
    ['pad_resize', 2000, 2000, '2000x2000'],
    ['pad_resize_no_enlarge', 2000, 2000, '2000x2000'],
    ['extract', 2000, 200, '640x200'],
    ['pad_extract', 700, 700, '700x700'],
    ['pad_extract_no_shrink', 700, 700, '700x865'],
    // Places.
    ['extract', 300, 200, '300x200', { x: 340, y: 665 }],
    ['extract', 300, 200, '140x65', { x: 500, y: 800 }],
    ['extract', 300, 200, '300x200', { xc: 150, yc: 100 }],
    ['extract', 300, 200, 'outside', { xc: 149, yc: 100 }],
    ['maintain_ratio', null, null, '640x865'],
  ];
  for (const [crop, w, h, size, over] of table) {
    it(`${crop} ${w ?? '-'}x${h ?? '-'} ${over ? JSON.stringify(over) : ''} gives ${size}`, () =>
      expect(result(crop, w, h, over)).to.equal(size));
  }

  it('scales by the smaller side when enlarging without cutting, and does not enlarge with _no_enlarge', () => {
    expect(ask('pad_resize', 2000, 2000)).to.deep.equal({
      scale: { width: 1480, height: 2000 },
      extract: null,
      pad: { left: 260, top: 0, width: 2000, height: 2000 },
    });
    expect(ask('pad_resize_no_enlarge', 2000, 2000)).to.deep.include({
      scale: null,
      pad: { left: 680, top: 567, width: 2000, height: 2000 },
    });
  });

  it('cuts at the focus and pads on the other side of it', () => {
    expect(ask('maintain_ratio', 300, 200)).to.deep.equal({
      scale: { width: 300, height: 405 },
      extract: { left: 0, top: 102, width: 300, height: 200 },
      pad: null,
    });
    expect(ask('maintain_ratio', 300, 200, { focus: 'bottom_right' })).to.deep.include({
      extract: { left: 0, top: 205, width: 300, height: 200 },
    });
    expect(ask('pad_resize', 400, 200, { focus: 'left' })).to.deep.include({ pad: { left: 0, top: 0, width: 400, height: 200 } });
    expect(ask('extract', 300, 200, { focus: 'top_left' })).to.deep.include({ extract: { left: 0, top: 0, width: 300, height: 200 } });
  });

  it('keeps every box inside its picture, at least one pixel each way', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    const maybe = fc.option(fc.integer({ min: -50, max: 6000 }));
    fc.assert(
      fc.property(
        fc.record({ width: side, height: side }),
        fc.record({
          width: fc.option(side),
          height: fc.option(side),
          crop: fc.constantFrom(...CROPS),
          focus: fc.constantFrom(...POSITIONS),
        }),
        fc.record({ x: maybe, y: maybe, xc: maybe, yc: maybe }),
        (input, request, places) => {
          const todo = geometry(input, { ...request, ...places });
          if (todo === 'outside') return;
          const scaled = todo.scale ?? input;
          const cut = todo.extract ?? { ...scaled, left: 0, top: 0 };
          const canvas = todo.pad ?? { ...cut, left: 0, top: 0 };
          for (const size of [scaled, cut, canvas]) expect(Math.min(size.width, size.height)).to.be.at.least(1);
          expect(Math.min(cut.left, cut.top, canvas.left, canvas.top)).to.be.at.least(0);
          expect(cut.left + cut.width).to.be.at.most(scaled.width);
          expect(cut.top + cut.height).to.be.at.most(scaled.height);
          expect(canvas.left + cut.width).to.be.at.most(canvas.width);
          expect(canvas.top + cut.height).to.be.at.most(canvas.height);
          const bounded = request.crop === 'maintain_ratio' || request.crop === 'force' || request.crop === 'pad_resize';
          if (bounded && request.width && request.height) {
            expect([canvas.width, canvas.height]).to.deep.equal([request.width, request.height]);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('knows the canvas of a turned picture', () => {
    expect(rotatedSize(INPUT, 90)).to.deep.equal({ width: 865, height: 640 });
    expect(rotatedSize(INPUT, 180)).to.deep.equal(INPUT);
    expect(rotatedSize({ width: 100, height: 100 }, 45)).to.deep.equal({ width: 141, height: 141 });
  });
});
