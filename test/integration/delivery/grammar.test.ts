import { expect } from 'chai';
import sharp from 'sharp';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { CLEAR, look, madeOf, type Row } from '../../support/delivered.ts';
import { disc, QUADRANTS, quadrants, twoPages } from '../../support/fixtures/pixels.ts';

/** What each parameter does to pixels, from the URL to the decoded answer. The picture has four coloured quarters, 400 x 300. */

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;
const YELLOW = [250, 210, 0];

const rows: Row[] = [
  ['w-200', '200x150', [10, 10, RED], [190, 10, GREEN], [10, 140, BLUE], [190, 140, SAND]],
  ['w-200,h-200,fo-left', '200x200', [10, 10, RED], [130, 10, RED], [140, 190, SAND]],
  ['w-200,h-200,cm-pad_resize,bg-FFFFFF', '200x200', [100, 5, [255, 255, 255]], [10, 40, RED]],
  ['w-200,h-200,cm-pad_resize,fo-top,bg-FF0000', '200x200', [10, 5, RED], [100, 195, [255, 0, 0]]],
  ['w-100,h-100,cm-extract,fo-top_left', '100x100', [99, 99, RED]],
  ['w-100,h-100,cm-extract,xc-200,yc-150', '100x100', [10, 10, RED], [90, 90, SAND]],
  ['w-100,h-100,cm-extract,x-300,y-N20', '100x100', [50, 50, GREEN]],
  ['rt-90', '300x400', [10, 10, BLUE], [290, 10, RED]],
  ['rt-N90', '300x400', [10, 10, GREEN]],
  ['w-200,rt-45,bg-00FF00', '247x247', [2, 2, [0, 255, 0]], [123, 60, RED]],
  ['fl-h', '400x300', [10, 10, GREEN]],
  ['fl-v', '400x300', [10, 10, BLUE]],
  ['fl-h_v', '400x300', [10, 10, SAND]],
  ['e-grayscale', '400x300', [10, 10, [102, 102, 102]]],
  ['e-colorize-co-FF0000_in-100', '400x300', [10, 290, [129, 0, 0]], [390, 290, [255, 148, 148]]],
  ['e-colorize-co-red_in-0', '400x300', [10, 290, BLUE]],
  ['cr-00FFFF_20_C81E1E', '400x300', [10, 10, [0, 255, 255]], [390, 10, GREEN]],
  ['bl-10', '400x300', [10, 10, RED], [200, 150, [127, 120, 110]]],
  ['e-contrast', '400x300', [390, 10, [0, 143, 44]]],
  ['e-sharpen', '400x300', [10, 10, RED]],
  ['e-sharpen-50', '400x300', [10, 10, RED]],
  ['e-usm-2-2-0.8-0.024', '400x300', [10, 10, RED], [390, 290, SAND]],
  ['e-distort-p-40_30_360_0_400_300_0_270', '400x300', [2, 2, CLEAR], [60, 60, RED], [380, 280, SAND]],
  ['e-distort-a-90', '400x300', [2, 298, CLEAR], [210, 3, GREEN]],
  ['e-gradient-ld-right_from-000000_to-00000000', '400x300', [2, 10, [0, 0, 0]], [397, 10, GREEN], [199, 10, [100, 15, 15]]],
  ['e-gradient-ld-top_from-FFFFFF_to-FFFFFF00_sp-0.5', '400x300', [10, 298, [252, 252, 252]], [10, 100, RED]],
  ['w-100,b-5_00FF00', '110x85', [2, 2, [0, 255, 0]], [7, 7, RED], [107, 82, [0, 255, 0]]],
  ['w-100,b-iw_div_40-0000FF', '120x95', [2, 2, [0, 0, 255]], [12, 12, RED]],
  ['r-50', '400x300', [2, 2, CLEAR], [397, 2, CLEAR], [50, 5, RED]],
  ['r-50_0_50_0', '400x300', [2, 2, CLEAR], [397, 2, GREEN], [397, 297, CLEAR], [2, 297, BLUE]],
  ['w-200,h-200,r-max', '200x200', [10, 10, CLEAR], [110, 4, GREEN], [120, 120, SAND]],
  ['w-100,r-20,bg-FF00FF', '100x75', [1, 1, [255, 0, 255]], [80, 60, SAND]],
  ['o-50', '400x300', [10, 10, [...RED, 128]]],
  ['o-50,bg-FFFFFF', '400x300', [10, 10, [227, 142, 142, 255]]],
  ['w-200,h-100,cm-pad_extract', '200x100'],
  ['w-500,h-400,cm-pad_extract,bg-112233', '500x400', [10, 10, [17, 34, 51]], [60, 60, RED]],
  ['w-200,h-200,cm-extract,fo-top_left:w-300,h-200,cm-pad_resize,bg-dominant', '300x200', [5, 100, RED], [150, 50, RED]],
  ['w-200,h-200,cm-pad_resize,bg-gradient_dominant', '200x200', [100, 2, [115, 95, 45]], [100, 197, [135, 130, 165]]],
  ['w-400,h-600,cm-pad_resize,bg-blurred_20', '400x600', [20, 20, RED], [380, 580, SAND], [10, 160, RED]],
  ['w-400,h-600,cm-pad_resize,bg-blurred_20_N100', '400x600', [20, 20, [100, 0, 0]]],
  // Chains: each step works on the result of the one before.
  ['w-200:rt-90:w-75', '75x100', [5, 5, BLUE]],
  ['w-200,h-200,cm-extract,fo-top_left:r-max', '200x200', [2, 2, CLEAR], [100, 100, RED]],
  ['w-iw_div_4,h-ih_div_3', '100x100'],
  // Conditions.
  ['if-iw_gt_300,w-100,if-else,w-50,if-end', '100x75'],
  ['if-iw_gt_500,w-100,if-else,w-50,if-end', '50x38'],
  ['w-200:if-w_eq_200_and_h_lt_200,rt-90,if-end', '150x200', [5, 5, BLUE]],
  ['if-ar_gt_1-1,h-100:fl-h,if-else,w-100,if-end', '133x100', [5, 5, GREEN]],
  ['if-iar_lt_1_or_ih_gte_300,w-40,if-end', '40x30'],
];

/** On a disc of 60 px in the middle of a transparent 100 x 100. */
const cutouts: Row[] = [
  ['t-true', '60x60', [30, 1, YELLOW], [1, 1, CLEAR]],
  ['t-true,w-30', '30x30', [15, 15, YELLOW]],
  ['t-true,w-120,h-60,cm-pad_resize,bg-0000FF', '120x60', [5, 30, [0, 0, 255]], [60, 30, YELLOW]],
  ['t-true:rt-90,w-30:b-5_FF0000', '40x40', [1, 1, [255, 0, 0]], [20, 20, YELLOW]],
  ['t-true:if-w_eq_60,w-20,if-end', '20x20'],
  ['bg-FF0000', '100x100', [2, 2, [255, 0, 0]], [50, 50, YELLOW]],
  ['bg-dominant', '100x100', [50, 50, YELLOW]],
  ['e-shadow-bl-0_st-100_x-20_y-20', '100x100', [50, 50, YELLOW], [88, 75, [0, 0, 0, 255]], [5, 5, CLEAR]],
  ['e-shadow', '100x100', [50, 50, YELLOW]],
  ['e-grayscale', '100x100', [50, 50, [213, 213, 213, 255]], [5, 5, CLEAR]],
];

describe('what transformations do to pixels', () => {
  let world: Awaited<ReturnType<typeof startDelivery>>;

  before(async () => {
    world = await startDelivery();
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.add('disc.png', await disc(), { mime: 'image/png', width: 100, height: 100, hasAlpha: true });
  });
  after(() => world?.close());

  it('takes one page of a TIFF, in its own size, and one frame of an animation', async () => {
    const small = await sharp(await disc(80, 30))
      .flatten({ background: '#0000ff' })
      .toBuffer();
    // Sharp writes several pages of one size only; a TIFF of two sizes is put together from two files.
    world.add('pages.tif', await twoPages(await quadrants(), small), { mime: 'image/tiff', pages: 2 });
    look(await made('pages.tif', 'w-200'), '200x150', [[10, 10, RED]]);
    look(await made('pages.tif', 'pg-2'), '80x80', [
      [40, 40, YELLOW],
      [2, 2, [0, 0, 255]],
    ]);
    look(await made('pages.tif', 'pg-2,w-iw_div_2'), '40x40', [[20, 20, YELLOW]]);
    expect((await world.get('/cdn/pages.tif?tr=pg-3')).status).to.equal(400);
    const frames = await Promise.all([
      quadrants(40, 30),
      sharp(await quadrants(40, 30))
        .flop()
        .toBuffer(),
    ]);
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100], loop: 0 })
      .toBuffer();
    world.add('moving.gif', gif, { mime: 'image/gif', width: 40, height: 30, frames: 2 });
    look(await made('moving.gif', 'pg-2'), '40x30', [[5, 5, GREEN]]);
  });

  it('draws colours on a picture that has none', async () => {
    const grey = await sharp(await quadrants())
      .greyscale()
      .toColourspace('b-w')
      .jpeg()
      .toBuffer();
    world.add('grey.jpg', grey);
    look(await made('grey.jpg', 'w-200,h-200,cm-pad_resize,bg-FF0000'), '200x200', [[100, 5, [255, 0, 0]]]);
    look(await made('grey.jpg', 'w-200,b-5_00FF00'), '210x160', [[2, 2, [0, 255, 0]]]);
    look(await made('grey.jpg', 'e-gradient-from-0000FF_to-0000FF'), '400x300', [[2, 2, [0, 0, 255]]]);
  });

  const made = (path: string, transformation: string) => madeOf(world, path, transformation);

  for (const [transformation, size, ...points] of rows) {
    it(transformation, async () => look(await made('q.png', transformation), size, points));
  }
  for (const [transformation, size, ...points] of cutouts) {
    it(`${transformation} on a disc`, async () => look(await made('disc.png', transformation), size, points));
  }
});
