import { expect } from 'chai';
import fc from 'fast-check';
import type { ImagePlan } from '../../../src/platform/media/plan.ts';
import { boxOn, type Framing, framingAfter } from '../../../src/modules/library/renditions/renditions.framing.ts';
import { parseTransformation } from '../../../src/modules/library/renditions/renditions.grammar.ts';
import { lateFramings } from '../../../src/modules/library/renditions/renditions.late.ts';
import { planFor, type PlanSource } from '../../../src/modules/library/renditions/renditions.plan.ts';
import { readSteps } from '../../../src/modules/library/renditions/renditions.reader.ts';
import { recipeHash } from '../../../src/modules/library/renditions/renditions.recipe.ts';

const PHOTO: PlanSource = { width: 4000, height: 3000, hasAlpha: false, mime: 'image/jpeg', frames: 1 };
const POINT: Framing = { point: { x: 0.25, y: 0.5 }, box: null };
const BOX: Framing = { point: null, box: { x: 0.5, y: 0.5, width: 0.25, height: 0.5 } };
const BOTH: Framing = { point: { x: 0.74, y: 0.6 }, box: BOX.box };

const plan = (text: string, framing: Framing | null): ImagePlan =>
  planFor(readSteps(parseTransformation(text)), { ...PHOTO, framing }, { accept: { avif: false, webp: true }, avif: false }).plan;
/** `extract 1000x1000+500+0 > scale 100x100` */
const ops = (text: string, framing: Framing | null): string =>
  plan(text, framing)
    .ops.map((op) => {
      const size = 'width' in op ? ` ${op.width}x${op.height}` : '';
      return `${op.op}${size}${'left' in op ? `+${op.left}+${op.top}` : ''}`;
    })
    .join(' > ');

describe('what a person marked in a picture', () => {
  const rows: [text: string, framing: Framing | null, ops: string][] = [
    // The focal point is in the middle as far as there is picture around it.
    ['w-300,h-300,fo-custom', POINT, 'scale 400x300 > extract 300x300+0+0'],
    ['w-100,h-300,fo-custom', POINT, 'scale 400x300 > extract 100x300+50+0'],
    ['w-100,h-100,cm-extract,fo-custom', POINT, 'extract 100x100+950+1450'],
    ['w-400,fo-custom', POINT, 'scale 400x300'],
    // The crop comes first, then the ratio is found in it: around its middle, or around the focal point.
    ['w-100,h-150,fo-custom', BOX, 'extract 1000x1500+2000+1500 > scale 100x150'],
    ['w-100,h-100,fo-custom', BOX, 'extract 1000x1500+2000+1500 > scale 100x150 > extract 100x100+0+25'],
    ['w-50,h-150,fo-custom', BOTH, 'extract 1000x1500+2000+1500 > scale 100x150 > extract 50x150+50+0'],
    ['w-100,fo-custom', BOX, 'extract 1000x1500+2000+1500 > scale 100x150'],
    ['w-2000,h-3000,c-maintain_ratio_no_enlarge,fo-custom', BOX, 'extract 1000x1500+2000+1500'],
    ['cm-extract,fo-custom', BOX, 'extract 1000x1500+2000+1500'],
    ['w-100,h-100,cm-extract,fo-custom', BOX, 'extract 1000x1500+2000+1500 > extract 100x100+450+700'],
    ['w-2000,h-2000,cm-extract,fo-custom', BOX, 'extract 2000x2000+1500+1000'],
    ['w-100,h-100,cm-extract,fo-custom,x-7,y-8', BOX, 'extract 100x100+7+8'],
    // Without either the middle; the other one looks for itself.
    ['w-300,h-300,fo-custom', null, 'scale 400x300 > extract 300x300+50+0'],
    ['w-300,h-300,fo-auto-custom_override', null, 'attention 300x300'],
    ['w-300,h-300,fo-auto-custom_override', POINT, 'scale 400x300 > extract 300x300+0+0'],
    // It goes along through the steps before.
    ['w-400:w-100,h-300,fo-custom', POINT, 'scale 400x300 > extract 100x300+50+0'],
    ['fl-h:w-100,h-3000,cm-extract,fo-custom', POINT, 'flip > extract 100x3000+2950+0'],
    ['rt-90:w-3000,h-100,cm-extract,fo-custom', POINT, 'rotate > extract 3000x100+0+950'],
    ['w-2000,h-3000,cm-extract,fo-left:w-100,h-3000,cm-extract,fo-custom', POINT, 'extract 2000x3000+0+0 > extract 100x3000+950+0'],
    ['w-300,h-100,fo-auto:w-100,h-100,fo-custom', POINT, 'attention 300x100 > extract 100x100+100+0'],
    // Other ways to fit do not ask for it.
    ['w-300,h-300,c-at_max,fo-custom', BOTH, 'scale 300x225'],
    ['w-300,h-300,c-force,fo-custom', BOTH, 'scale 300x300'],
  ];
  for (const [text, framing, expected] of rows) {
    it(`${text} ${JSON.stringify(framing)}`, () => expect(ops(text, framing)).to.equal(expected));
  }

  it('is part of what asks for it, and of nothing else', () => {
    const hash = (text: string, framing: Framing | null) => recipeHash(plan(text, framing));
    for (const text of [
      '',
      'w-300',
      'w-300,h-300',
      'w-300,h-300,fo-auto',
      'w-300,h-300,fo-top',
      'w-300,h-300,fo-face',
      'w-300,fo-custom',
    ]) {
      expect(hash(text, POINT), text).to.equal(hash(text, null));
    }
    for (const text of ['w-300,h-300,fo-custom', 'w-300,h-300,fo-auto-custom_override', 'w-100:w-50,h-300,fo-custom']) {
      expect(hash(text, POINT), text).not.to.equal(hash(text, null));
      expect(hash(text, BOTH), text).not.to.equal(hash(text, BOX));
      expect(readSteps(parseTransformation(text)).framed, text).to.equal(true);
    }
    expect(readSteps(parseTransformation('w-300,h-300,fo-auto')).framed).to.equal(false);
  });

  it('of a picture in a layer is that of this picture, unless its margins are trimmed away first', () => {
    const layer = (trim: string, framing: Framing | null) => {
      const layers = new Map([['logo.png', { index: 0, width: 400, height: 300, hasAlpha: false, framing }]]);
      const recipe = readSteps(parseTransformation(`l-image,i-logo.png,w-100,h-300,fo-custom${trim},l-end`));
      return JSON.stringify(planFor(recipe, { ...PHOTO, framing: BOX }, { accept: { avif: false, webp: true }, avif: false, layers }).plan);
    };
    expect(layer(',t-false', POINT)).to.contain('"left":50,"top":0,"width":100,"height":300');
    expect(layer(',t-false', null)).to.contain('"left":150,"top":0,"width":100,"height":300');
    expect(layer('', POINT), 'nobody knows where it is then').to.equal(layer('', null));
  });

  it('of a picture in a late layer is part of what asks for it, and of nothing else', () => {
    const hash = (text: string, framing: Framing | null) => {
      const layers = new Map([['logo.png', { index: 0, width: 400, height: 300, hasAlpha: false, framing }]]);
      const recipe = readSteps(parseTransformation(text));
      const { ops, ...rest } = planFor(recipe, PHOTO, { accept: { avif: false, webp: true }, avif: false, layers }).plan;
      return recipeHash({ ops, ...rest }, ['blob'], { framings: lateFramings(ops, layers) });
    };
    for (const text of [
      't-true:l-image,i-logo.png,t-false,w-100,h-100,fo-custom,l-end',
      't-true:l-image,i-logo.png,t-false,w-100,h-100,fo-auto-custom_override,l-end',
      't-true:if-w_gt_10,l-image,i-logo.png,t-false,w-100,h-100,fo-custom,l-end,if-end',
      'l-text,i-Hi,l-image,i-logo.png,t-false,w-10,h-10,fo-custom,l-end,l-end',
      't-true:l-image,i-logo.png,w-90:l-image,i-logo.png,w-10,h-20,fo-custom,l-end,l-end',
    ]) {
      expect(hash(text, POINT), text).not.to.equal(hash(text, null));
      expect(hash(text, BOTH), text).not.to.equal(hash(text, BOX));
    }
    for (const text of [
      't-true:l-image,i-logo.png,w-100,h-100,l-end',
      't-true:l-image,i-logo.png,w-100,l-end:w-10,h-10,fo-custom',
      't-true:l-text,i-"fo":"custom",l-end',
    ])
      expect(hash(text, POINT), text).to.equal(hash(text, null));
  });

  it('a box is always whole pixels inside the picture, and comes back after two flips', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    const side = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(fraction, fraction, fraction, fraction, side, side, (x, y, w, h, width, height) => {
        const size = { width, height };
        const box = { x, y, width: Math.min(w, 1 - x), height: Math.min(h, 1 - y) };
        const px = boxOn(box, size);
        expect([px.left, px.top, px.width, px.height].every(Number.isInteger)).to.equal(true);
        expect(px.left >= 0 && px.top >= 0 && px.width >= 1 && px.height >= 1).to.equal(true);
        expect(px.left + px.width <= width && px.top + px.height <= height).to.equal(true);
        const flip = { op: 'flip', horizontal: true, vertical: true } as const;
        const point = { x, y };
        const there = framingAfter({ point, box: null }, flip, size, size);
        const back = framingAfter(there, flip, size, size);
        expect(back?.point?.x).to.be.closeTo(x, 1e-9);
        expect(back?.point?.y).to.be.closeTo(y, 1e-9);
      }),
    );
  });
});
