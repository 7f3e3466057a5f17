import { expect } from 'chai';
import sharp from 'sharp';
import { BLACK, difference, look, madeOf, pictureAt, type Row, WHITE } from '../../support/delivered.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { near, QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';

/** Sizes, crops, focus and arithmetic (delivery-urls 2, 4.1, 4.2), each row by decoded pixels. Four coloured quarters, 400 x 300. */

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;

const sides: Row[] = [
  ['w-0.5', '200x150', [10, 10, RED], [190, 140, SAND]],
  ['w-1', '400x300', [5, 5, RED], [390, 290, SAND]],
  ['h-150', '200x150', [190, 10, GREEN], [10, 140, BLUE]],
  ['h-0.5', '200x150', [190, 10, GREEN]],
  ['w-200,ar-2-1', '200x100', [10, 42, RED], [10, 58, BLUE], [190, 58, SAND]],
  ['w-200,ar-2_1', '200x100', [10, 42, RED], [10, 58, BLUE]],
  ['h-100,ar-2', '200x100', [10, 42, RED], [10, 58, BLUE]],
  ['w-200,ar-iar_mul_1.5', '200x100', [10, 42, RED], [10, 58, BLUE]],
  // With both sides there is nothing to supply, with none nothing to supply it to.
  ['w-100,h-200,ar-1-1', '100x200', [40, 10, RED], [60, 190, SAND]],
  ['ar-1-1', '400x300', [5, 5, RED], [390, 290, SAND]],
  ['w-100,dpr-2', '200x150', [190, 140, SAND]],
  ['w-200,dpr-0.5', '100x75', [92, 70, SAND]],
  ['w-100,dpr-iw_div_200', '200x150', [190, 140, SAND]],
  ['w-200,h-100,cm-pad_resize,dpr-2,bg-FFFFFF', '400x200', [20, 100, WHITE], [80, 10, RED]],
  ['dpr-2', '400x300', [390, 290, SAND]],
  // A side below 1 px or above 5,000: as if it had not been said.
  ['w-20,h-2600,c-force,dpr-2', '20x2600', [3, 100, RED], [16, 2500, SAND]],
  ['w-2,h-2,c-force,dpr-0.2', '2x2'],
];

const crops: Row[] = [
  ['w-200,h-200,c-maintain_ratio', '200x200', [90, 10, RED], [110, 10, GREEN], [110, 190, SAND]],
  ['w-500,h-500,c-maintain_ratio', '500x500', [235, 235, RED], [265, 265, SAND]],
  ['w-500,h-200,c-maintain_ratio_no_enlarge', '400x200', [10, 90, RED], [10, 110, BLUE], [390, 190, SAND]],
  ['w-200,h-200,c-maintain_ratio_no_enlarge', '200x200', [90, 10, RED], [110, 190, SAND]],
  ['w-100,h-200,c-force', '100x200', [40, 90, RED], [60, 90, GREEN], [40, 110, BLUE], [60, 110, SAND]],
  ['w-200,h-200,c-at_max', '200x150', [10, 10, RED], [190, 140, SAND]],
  ['w-800,h-800,c-at_max', '400x300', [10, 10, RED], [390, 290, SAND]],
  ['w-800,c-at_max', '400x300', [390, 290, SAND]],
  ['w-600,h-600,c-at_max_enlarge', '600x450', [10, 10, RED], [590, 440, SAND]],
  ['w-100,h-100,c-at_least', '133x100', [5, 5, RED], [128, 95, SAND]],
  ['w-500,h-100,c-at_least', '500x375', [5, 5, RED], [490, 365, SAND]],
  ['w-200,h-200,cm-pad_resize', '200x200', [100, 5, BLACK], [10, 40, RED], [190, 160, SAND], [100, 195, BLACK]],
  ['w-500,h-400,cm-pad_resize', '500x400', [250, 3, BLACK], [10, 25, RED], [490, 370, SAND]],
  ['w-500,h-400,cm-pad_resize_no_enlarge,bg-FFFFFF', '500x400', [20, 20, WHITE], [60, 60, RED], [440, 340, SAND], [480, 380, WHITE]],
  ['w-200,h-200,cm-pad_resize_no_enlarge,bg-FFFFFF', '200x200', [100, 5, WHITE], [10, 40, RED]],
  ['w-100,h-100,cm-extract', '100x100', [45, 45, RED], [55, 55, SAND]],
  ['w-100,h-400,cm-extract', '100x300', [45, 10, RED], [55, 290, SAND]],
  ['w-500,h-100,cm-pad_extract,bg-FFFFFF', '500x100', [20, 50, WHITE], [60, 10, RED], [60, 90, BLUE], [480, 50, WHITE]],
  ['w-500,h-100,cm-pad_extract_no_shrink,bg-FFFFFF', '500x300', [20, 150, WHITE], [60, 10, RED], [440, 290, SAND]],
  // Whatever `c` says, `cm` wins.
  ['w-100,h-100,c-force,cm-extract,fo-top_left', '100x100', [5, 5, RED], [95, 95, RED]],
];

const places: Row[] = [
  ['w-100,h-200', '100x200', [40, 10, RED], [60, 10, GREEN]],
  ['w-100,h-200,fo-center', '100x200', [40, 10, RED], [60, 10, GREEN]],
  ['w-100,h-200,fo-left', '100x200', [90, 10, RED], [90, 190, BLUE]],
  ['w-100,h-200,fo-right', '100x200', [10, 10, GREEN], [10, 190, SAND]],
  ['w-100,h-200,fo-top_right', '100x200', [10, 10, GREEN], [10, 190, SAND]],
  ['w-200,h-50,fo-top', '200x50', [10, 45, RED], [190, 45, GREEN]],
  ['w-200,h-50,fo-bottom', '200x50', [10, 5, BLUE], [190, 5, SAND]],
  ['w-100,h-100,cm-extract,fo-top', '100x100', [45, 50, RED], [55, 50, GREEN]],
  ['w-100,h-100,cm-extract,fo-left', '100x100', [50, 45, RED], [50, 55, BLUE]],
  ['w-100,h-100,cm-extract,fo-right', '100x100', [50, 45, GREEN], [50, 55, SAND]],
  ['w-100,h-100,cm-extract,fo-bottom', '100x100', [45, 50, BLUE], [55, 50, SAND]],
  ['w-100,h-100,cm-extract,fo-top_right', '100x100', [5, 5, GREEN], [95, 95, GREEN]],
  ['w-100,h-100,cm-extract,fo-bottom_left', '100x100', [5, 5, BLUE], [95, 95, BLUE]],
  ['w-100,h-100,cm-extract,fo-bottom_right', '100x100', [5, 5, SAND], [95, 95, SAND]],
  // Of padding: where the picture goes.
  ['w-300,h-150,cm-pad_resize,fo-left,bg-FFFFFF', '300x150', [10, 10, RED], [250, 75, WHITE]],
  ['w-300,h-150,cm-pad_resize,fo-right,bg-FFFFFF', '300x150', [50, 75, WHITE], [110, 10, RED], [290, 140, SAND]],
  ['w-200,h-200,cm-pad_resize,fo-bottom,bg-FFFFFF', '200x200', [100, 20, WHITE], [10, 60, RED], [190, 190, SAND]],
  ['w-20,h-20,cm-extract,x-190,y-140', '20x20', [3, 3, RED], [17, 17, SAND]],
  ['w-100,h-100,cm-extract,x-iw_div_2,y-ih_sub_100', '100x100', [5, 5, SAND], [95, 95, SAND]],
  ['w-100,h-100,cm-extract,x-300', '100x100', [50, 45, GREEN], [50, 55, SAND]],
  ['w-200:w-50,h-50,cm-extract,x-150,y-100', '50x50', [5, 5, SAND], [45, 45, SAND]],
  ['w-100,h-100,cm-extract,xc-iw_div_4,yc-ih_mul_0.75', '100x100', [5, 5, BLUE], [95, 95, BLUE]],
  ['w-100,h-100,cm-extract,xc-50,yc-50', '100x100', [5, 5, RED], [95, 95, RED]],
  ['w-100,h-100,cm-extract,xc-350', '100x100', [50, 45, GREEN], [50, 55, SAND]],
];

const arithmetic: Row[] = [
  ['w-iw_sub_300', '100x75', [92, 68, SAND]],
  ['w-iw_add_100_div_5', '420x315', [410, 305, SAND]],
  ['w-2_add_3_pow_2', '25x19', [3, 3, RED], [21, 15, SAND]],
  ['w-iw_mod_150', '100x75', [92, 68, SAND]],
  ['w-iw_mul_iar_div_4', '133x100', [125, 92, SAND]],
  ['w-200:w-cw_div_2', '100x75', [92, 68, SAND]],
  ['h-ch_div_3', '133x100', [125, 92, SAND]],
  ['w-car_mul_90', '120x90', [112, 82, SAND]],
  ['b-cw_div_100_FF0000', '408x308', [1, 1, [255, 0, 0]], [6, 6, RED]],
  ['e-gradient-ld-right_from-000000_to-FFFFFF_sp-iw_div_4', '400x300', [2, 10, BLACK], [50, 10, [127, 127, 127]], [110, 10, WHITE]],
];

const conditions: Row[] = [
  ['if-w_ne_400,w-10,if-else,fl-h,if-end', '400x300', [5, 5, GREEN]],
  ['if-h_eq_300,fl-v,if-end', '400x300', [5, 5, BLUE]],
  ['if-ih_lte_300,fl-h,if-end', '400x300', [5, 5, GREEN]],
  ['if-h_lt_300,w-10,if-else,rt-180,if-end', '400x300', [5, 5, SAND]],
  ['if-iar_eq_4-3,fl-h,if-end', '400x300', [5, 5, GREEN]],
  ['if-ar_gte_1.4,w-10,if-else,fl-h,if-end', '400x300', [5, 5, GREEN]],
];

describe('sizes and places by address', () => {
  let world: Awaited<ReturnType<typeof startDelivery>>;

  before(async () => {
    world = await startDelivery();
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    const lively = await sharp({ create: { width: 60, height: 60, channels: 3, background: '#e02010' } })
      .composite([{ input: Buffer.from('<svg width="60" height="60"><circle cx="30" cy="30" r="18" fill="#ffd200"/></svg>') }])
      .png()
      .toBuffer();
    const dull = sharp({ create: { width: 400, height: 200, channels: 3, background: '#787878' } });
    world.add(
      'dull.png',
      await dull
        .composite([{ input: lively, left: 320, top: 70 }])
        .png()
        .toBuffer(),
      {
        ...{ mime: 'image/png', width: 400, height: 200 },
      },
    );
  });
  after(() => world?.close());

  for (const [what, rows] of Object.entries({ sides, crops, places, arithmetic, conditions })) {
    describe(what, () => {
      for (const [transformation, size, ...points] of rows) {
        it(transformation, async () => look(await madeOf(world, 'q.png', transformation), size, points));
      }
    });
  }

  it('auto looks for what is worth seeing, and stands in for faces and for marks nobody made', async () => {
    const seen = async (focus: string) => madeOf(world, 'dull.png', `w-100,h-200${focus}`);
    const middle = await seen('');
    expect(
      [1, 25, 50, 75, 98].every((x) => near(middle.at(x, 100), [120, 120, 120], 2)),
      'nothing in the middle',
    ).to.equal(true);
    const auto = await seen(',fo-auto');
    let lively = 0;
    for (let y = 0; y < 200; y += 2) for (let x = 0; x < 100; x += 2) if (auto.at(x, y)[0] > 200) lively += 4;
    expect(lively, 'all of the red square').to.be.within(3_300, 3_900);
    for (const focus of [',fo-face', ',fo-face,z-1.5', ',fo-auto-custom_override']) {
      expect(difference(await seen(focus), auto), focus).to.equal(null);
    }
  });

  it('auto takes width and density of the screen from the client', async () => {
    const ask = async (tr: string, headers: Record<string, string>) => {
      const { headers: said } = await world.get(`/cdn/q.png?tr=${tr},f-png`, headers);
      return { picture: await pictureAt(world, `q.png?tr=${tr},f-png`, headers), dpr: said['content-dpr'], vary: said.vary };
    };
    const wide = await ask('w-auto', { 'sec-ch-width': '210' });
    look(wide.picture, '300x225', [
      [10, 10, RED],
      [290, 215, SAND],
    ]);
    expect([wide.dpr, wide.vary]).to.deep.equal(['1.429', 'Sec-CH-Width']);
    const dense = await ask('w-100,dpr-auto', { 'sec-ch-dpr': '2' });
    look(dense.picture, '200x150', [[190, 140, SAND]]);
    expect([dense.dpr, dense.vary]).to.deep.equal([undefined, 'Sec-CH-DPR']);
    const both = await ask('w-auto,dpr-auto', { 'sec-ch-width': '200', 'sec-ch-dpr': '2' });
    expect([both.picture.width, both.dpr, both.vary]).to.deep.equal([400, '4', 'Sec-CH-Width, Sec-CH-DPR']);
    const none = await ask('w-auto,dpr-auto', {});
    look(none.picture, '400x300', [[390, 290, SAND]]);
    expect(none.dpr).to.equal(undefined);
  });
});
