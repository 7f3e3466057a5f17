import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Box,
  cropTo,
  customCut,
  fromCoordinates,
  type Handle,
  moveBox,
  movePoint,
  NOTHING,
  resizeBox,
  sameFraming,
  toCoordinates,
} from '../../../web/src/features/framing/framing.ts';

const SIZE = { width: 400, height: 300 };
const RIGHT: Handle = { h: 1, v: 0 };
const CORNER: Handle = { h: 1, v: 1 };

/** `left,top,width,height` of a cut, px. */
const px = (box: Box | null) => toCoordinates(box, SIZE);

describe('focal point and crop in the web app', () => {
  it('moves the point and the crop as far as the picture goes', () => {
    expect(movePoint({ x: 0.95, y: 0.5 }, 0.1, -0.6)).to.deep.equal({ x: 1, y: 0 });
    expect(moveBox({ x: 0.5, y: 0.5, width: 0.4, height: 0.4 }, 0.3, -0.1)).to.deep.equal({ x: 0.6, y: 0.4, width: 0.4, height: 0.4 });
    expect(moveBox(null, 0.3, 0.3), 'the whole picture').to.equal(null);
  });

  it('pulls a handle: the opposite edge stays', () => {
    const box = fromCoordinates('100,100,100,100', SIZE);
    expect(px(resizeBox(box, RIGHT, 0.25, 0.9, null, SIZE))).to.equal('100,100,200,100');
    expect(px(resizeBox(box, { h: -1, v: -1 }, -0.25, -0.1, null, SIZE))).to.equal('0,70,200,130');
    expect(px(resizeBox(null, { h: -1, v: 0 }, 0.5, 0, null, SIZE))).to.equal('200,0,200,300');
    expect(resizeBox(box, CORNER, 9, 9, null, SIZE), 'never beyond the picture').to.include({ x: 0.25 });
    expect(resizeBox(fromCoordinates('0,0,200,150', SIZE), CORNER, 1, 1, null, SIZE), 'all of it is no crop').to.equal(null);
  });

  it('keeps a ratio while a handle is pulled', () => {
    const box = fromCoordinates('100,100,100,100', SIZE);
    expect(px(resizeBox(box, CORNER, 0.25, 0, 1, SIZE))).to.equal('100,100,200,200');
    expect(px(resizeBox(box, CORNER, 0.9, 0, 1, SIZE)), 'as far as there is room below').to.equal('100,100,200,200');
    expect(px(resizeBox(box, RIGHT, 0.1, 0, 1, SIZE)), 'an edge grows from the middle').to.equal('100,80,140,140');
  });

  it('shows what delivery shows with fo-custom', () => {
    // The numbers of test/unit/renditions/framing.test.ts, in a picture a tenth as large.
    expect(px(customCut({ point: { x: 0.25, y: 0.5 }, box: null }, 1 / 3, SIZE))).to.equal('50,0,100,300');
    const box = { x: 0.5, y: 0.5, width: 0.25, height: 0.5 };
    expect(px(customCut({ point: null, box }, 1, SIZE))).to.equal('200,175,100,100');
    expect(px(customCut({ point: { x: 0.74, y: 0.6 }, box }, 1 / 3, SIZE))).to.equal('250,150,50,150');
    expect(px(customCut(NOTHING, 1, SIZE))).to.equal('50,0,300,300');
  });

  it('crops to a ratio around the focal point, and to nothing where it is the ratio of the picture', () => {
    expect(px(cropTo({ point: { x: 1, y: 0 }, box: null }, 1, SIZE))).to.equal('100,0,300,300');
    expect(cropTo(NOTHING, 4 / 3, SIZE)).to.equal(null);
  });

  it('reads back what it writes, for any whole pixels', () => {
    const side = fc.integer({ min: 1, max: 9_000 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (width, height, a, b) => {
          const left = Math.floor(a * (width - 1));
          const top = Math.floor(b * (height - 1));
          const text = [left, top, Math.ceil((width - left) / 2), Math.ceil((height - top) / 2)].join(',');
          const box = fromCoordinates(text, { width, height });
          if (box) expect(toCoordinates(box, { width, height })).to.equal(text);
        },
      ),
    );
    expect(
      sameFraming(
        { point: null, box: { x: 0, y: 0, width: 0.5, height: 1 } },
        { point: null, box: { x: 0, y: 0, width: 0.5001, height: 1 } },
        SIZE,
      ),
    ).to.equal(true);
    expect(fromCoordinates(null, SIZE)).to.equal(null);
  });

  it('leaves no picture, whatever is pulled', () => {
    const delta = fc.double({ min: -2, max: 2, noNaN: true });
    const pull = fc.constantFrom<-1 | 0 | 1>(-1, 0, 1);
    const ratio = fc.constantFrom<number | null>(null, 1, 4 / 5, 16 / 9, 9 / 16);
    fc.assert(
      fc.property(pull, pull, delta, delta, ratio, (h, v, dx, dy, kept) => {
        const box = resizeBox({ x: 0.2, y: 0.3, width: 0.3, height: 0.4 }, { h, v }, dx, dy, kept, SIZE);
        if (!box) return;
        expect(Math.min(box.x, box.y)).to.be.at.least(-1e-9);
        expect(Math.max(box.x + box.width, box.y + box.height)).to.be.at.most(1 + 1e-9);
        expect(Math.min(box.width, box.height)).to.be.greaterThan(0);
      }),
    );
  });
});
