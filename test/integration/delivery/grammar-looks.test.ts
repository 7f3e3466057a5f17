import { expect } from 'chai';
import sharp from 'sharp';
import { BLACK, CLEAR, difference, look, madeOf, pictureAt, type Row, WHITE } from '../../support/delivered.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { disc, near, type Picture, QUADRANTS, quadrants, type Rgb } from '../../support/fixtures/pixels.ts';

/** What parameters of delivery-urls 4.4 do to pixels, beside grammar.test.ts: every form of a value that is documented. */

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;
const YELLOW = [250, 210, 0];

const rows: Row[] = [
  ['rt-180', '400x300', [10, 10, SAND]],
  ['rt-270', '300x400', [10, 10, GREEN]],
  ['rt-360', '400x300', [10, 10, RED]],
  ['w-200,rt-45', '247x247', [2, 2, CLEAR], [123, 60, RED]],
  ['w-200,rt-N45,bg-0000FF', '247x247', [2, 2, [0, 0, 255]], [123, 60, GREEN]],
  ['fl-v_h', '400x300', [10, 10, SAND]],
  // An ellipse, and not the corners of a lozenge.
  ['r-max', '400x300', [70, 30, CLEAR], [150, 12, RED], [330, 270, CLEAR], [210, 295, SAND]],
  ['w-100,r-20', '100x75', [1, 1, CLEAR], [25, 2, RED], [98, 73, CLEAR]],
  ['b-10_red', '420x320', [4, 4, [255, 0, 0]], [15, 15, RED]],
  ['b-10-navy', '420x320', [4, 4, [0, 0, 128]], [15, 15, RED]],
  ['b-4_FF000050', '408x308', [2, 2, [255, 0, 0, 128]], [10, 10, [...RED, 255]]],
  ['w-100,b-10_00FF00,r-30', '120x95', [2, 2, CLEAR], [60, 3, [0, 255, 0]], [70, 60, SAND]],
  ['w-200,h-200,cm-pad_resize,bg-FF000050', '200x200', [100, 5, [255, 0, 0, 128]], [10, 40, [...RED, 255]]],
  ['w-200,h-200,cm-pad_resize,bg-navy', '200x200', [100, 5, [0, 0, 128, 255]]],
  ['w-200,h-200,cm-pad_resize,bg-gradient_dominant_2', '200x200', [100, 2, [115, 95, 45]], [100, 197, [135, 130, 165]]],
  ['w-300,h-150,cm-pad_resize,bg-gradient_dominant', '300x150', [2, 75, [120, 45, 110]], [297, 75, [130, 180, 100]]],
  [
    'w-200,h-200,cm-pad_resize,bg-gradient_dominant_4',
    '200x200',
    ...([
      [2, 2, RED],
      [197, 2, GREEN],
      [2, 197, BLUE],
      [197, 197, SAND],
    ] as const),
  ],
  ['w-400,h-600,cm-pad_resize,bg-blurred', '400x600', [20, 20, RED], [380, 580, SAND], [10, 160, RED]],
  ['w-400,h-600,cm-pad_resize,bg-blurred_auto_50', '400x600', [20, 20, [250, 80, 80]], [10, 160, RED]],
  ['o-0', '400x300', [10, 10, CLEAR]],
  ['o-100', '400x300', [10, 10, [...RED, 255]]],
  ['o-25,bg-0000FF50', '400x300', [10, 10, [50, 8, 199, 255]]],
  ['e-grayscale-true', '400x300', [10, 10, [102, 102, 102]]],
  ['e-colorize', '400x300', [10, 10, [66, 66, 66]]],
  ['e-colorize-co-FF0000_in-50', '400x300', [10, 290, [85, 30, 95]]],
  ['e-colorize-in-0', '400x300', [10, 290, BLUE]],
  ['e-distort-a-N90', '400x300', [2, 2, CLEAR], [210, 296, SAND]],
  ['e-distort-p-N40_0_400_0_400_300_N40_300', '400x300', [2, 2, RED], [165, 10, RED], [195, 10, GREEN]],
  ['e-gradient', '400x300', [10, 1, WHITE], [10, 100, [237, 180, 180]], [10, 298, BLUE]],
];

/** Where a gradient from black to white begins, for each direction it may go to. */
const directions: [direction: string, from: readonly [number, number]][] = [
  ['top', [50, 74]],
  ['0', [50, 74]],
  ['top_right', [0, 74]],
  ['45', [0, 74]],
  ['right', [0, 37]],
  ['bottom_right', [0, 0]],
  ['135', [0, 0]],
  ['bottom', [50, 0]],
  ['bottom_left', [99, 0]],
  ['left', [99, 37]],
  ['270', [99, 37]],
  ['top_left', [99, 74]],
];

const discs: Row[] = [
  // Exactly as large as it is and where it is said to be, black, and as strong as said.
  ['e-shadow-bl-0_st-50_x-N20_y-0', '100x100', [12, 50, [0, 0, 0, 128]], [88, 50, CLEAR], [50, 50, YELLOW]],
  ['e-shadow-y-20_x-0_bl-0_st-100', '100x100', [50, 95, BLACK], [50, 5, CLEAR]],
  ['e-shadow-st-0', '100x100', [82, 55, CLEAR], [50, 50, YELLOW]],
  ['t-false', '100x100', [2, 2, CLEAR], [50, 50, YELLOW]],
];

describe('looks by address', () => {
  let world: Awaited<ReturnType<typeof startDelivery>>;

  /** Areas of one colour side by side, 60 x 20; each reaches to its number. */
  const areas = (...parts: readonly (readonly [to: number, colour: Rgb])[]) => {
    const data = Buffer.alloc(60 * 20 * 3);
    for (let at = 0; at < 60 * 20; at++) data.set(parts.find(([to]) => at % 60 < to)?.[1] ?? [0, 0, 0], at * 3);
    return sharp(data, { raw: { width: 60, height: 20, channels: 3 } })
      .png()
      .toBuffer();
  };
  const grey = (value: number): Rgb => [value, value, value];

  before(async () => {
    world = await startDelivery();
    const small = { mime: 'image/png', width: 60, height: 20 };
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.add('disc.png', await disc(), { mime: 'image/png', width: 100, height: 100, hasAlpha: true });
    world.add('edge.png', await areas([30, grey(90)], [60, grey(160)]), small);
    world.add('most.png', await areas([45, RED], [60, GREEN]), small);
    // A margin of white, in it one of nearly white.
    const framed = sharp({ create: { width: 100, height: 100, channels: 3, background: '#ffffff' } }).composite(
      (
        [
          [60, '#e1e1e1'],
          [30, '#c81e1e'],
        ] as const
      ).map(([size, background]) => ({ input: { create: { width: size, height: size, channels: 3 as const, background } } })),
    );
    world.add('framed.png', await framed.png().toBuffer(), { mime: 'image/png', width: 100, height: 100 });
    const turned = sharp(await quadrants()).withMetadata({ orientation: 6 });
    world.add('turned.jpg', await turned.jpeg({ quality: 95 }).toBuffer(), { width: 300, height: 400 });
  });
  after(() => world?.close());

  for (const [transformation, size, ...points] of rows) {
    it(transformation, async () => look(await madeOf(world, 'q.png', transformation), size, points));
  }
  for (const [transformation, size, ...points] of discs) {
    it(`${transformation} on a disc`, async () => look(await madeOf(world, 'disc.png', transformation), size, points));
  }
  for (const [direction, [x, y]] of directions) {
    it(`e-gradient-ld-${direction} goes there`, async () => {
      const picture = await madeOf(world, 'q.png', `w-100,e-gradient-ld-${direction}_from-000000_to-FFFFFF`);
      look(
        picture,
        '100x75',
        [
          [x, y, BLACK],
          [99 - x, 74 - y, WHITE],
        ],
        8,
      );
    });
  }

  it('e-gradient ends at a part, at px or at what is computed', async () => {
    const part = await madeOf(world, 'q.png', 'e-gradient-ld-bottom_from-000000_to-FFFFFF_sp-0.25');
    look(part, '400x300', [
      [10, 1, BLACK],
      [10, 37, [127, 127, 127]],
      [10, 80, WHITE],
    ]);
    for (const stop of ['75', 'ih_div_4']) {
      const other = await madeOf(world, 'q.png', `e-gradient-ld-bottom_from-000000_to-FFFFFF_sp-${stop}`);
      expect(difference(other, part, 1), stop).to.equal(null);
    }
  });

  it('rt-auto is what the camera said, and the same as nothing', async () => {
    for (const tr of ['rt-auto', 'q-80']) {
      const picture = await madeOf(world, 'turned.jpg', tr);
      look(
        picture,
        '300x400',
        [
          [10, 10, BLUE],
          [290, 10, RED],
          [10, 390, SAND],
        ],
        14,
      );
    }
    look(await madeOf(world, 'turned.jpg', 'rt-auto:rt-90'), '400x300', [[10, 10, SAND]], 14);
  });

  /** How much lighter it becomes over the edge between 90 and 160. */
  const step = (picture: Picture): number => picture.at(30, 10)[0] - picture.at(29, 10)[0];

  it('e-sharpen draws edges harder, the more the harder, and leaves plain areas alone', async () => {
    const made = async (tr: string) => madeOf(world, 'edge.png', tr);
    const [little, usual, named, much] = await Promise.all(
      ['e-sharpen-2', 'e-sharpen', 'e-sharpen-10', 'e-sharpen-100'].map((tr) => made(tr)),
    );
    expect(difference(usual as Picture, named as Picture), '10 is the default').to.equal(null);
    expect(step(little as Picture)).to.be.greaterThan(72);
    expect(step(usual as Picture)).to.be.greaterThan(step(little as Picture) + 8);
    expect(step(much as Picture)).to.be.at.least(step(usual as Picture));
    for (const picture of [little, usual, much]) {
      look(picture as Picture, '60x20', [
        [5, 10, grey(90)],
        [55, 10, grey(160)],
      ]);
    }
  });

  it('e-usm adds so much of the difference to the blurred picture, where that is above the threshold', async () => {
    const at = async (tr: string) => {
      const picture = await madeOf(world, 'edge.png', tr);
      expect(near(picture.at(5, 10), grey(90), 1), tr).to.equal(true);
      return [picture.at(29, 10)[0], picture.at(30, 10)[0]];
    };
    // A blur of 2 px makes 118 of the 90 beside the edge.
    for (const tr of ['e-usm-2-2-0.8-0.024', 'e-usm']) {
      const [dark = 0, light = 0] = await at(tr);
      expect(dark, tr).to.be.closeTo(67.5, 4);
      expect(light, tr).to.be.closeTo(182.5, 4);
    }
    expect((await at('e-usm-2-2-2-0'))[0]).to.be.closeTo(34, 8);
    expect(await at('e-usm-2-2-0.8-0.5'), 'not above the threshold').to.deep.equal([90, 160]);
  });

  it('bl takes decimals, and its number is twice the deviation', async () => {
    const soft = await madeOf(world, 'edge.png', 'bl-2.4');
    expect(soft.at(29, 10)[0]).to.be.closeTo(90 + 70 * 0.338, 5);
    const softer = await madeOf(world, 'edge.png', 'bl-8');
    expect(softer.at(26, 10)[0]).to.be.closeTo(90 + 70 * 0.19, 5);
    expect(soft.at(26, 10)[0]).to.be.closeTo(90, 2);
  });

  it('e-contrast makes black and white of the darkest and the lightest', async () => {
    look(await madeOf(world, 'edge.png', 'e-contrast'), '60x20', [
      [5, 10, BLACK],
      [55, 10, WHITE],
    ]);
  });

  it('cr starts from the dominant colour when none is named, and reaches as far as its tolerance', async () => {
    look(await madeOf(world, 'most.png', 'cr-0000FF'), '60x20', [
      [20, 10, [0, 6, 255]],
      [55, 10, GREEN],
    ]);
    look(await madeOf(world, 'most.png', 'cr-0000FF_60'), '60x20', [
      [20, 10, [0, 6, 255]],
      [55, 10, [0, 136, 255]],
    ]);
  });

  it('t removes more the larger its number, and nothing with t-false', async () => {
    const red = [200, 30, 30];
    for (const [tr, size, corner] of [
      ['t-true', '60x60', [225, 225, 225]],
      ['t-1', '60x60', [225, 225, 225]],
      ['t-20', '30x30', red],
      ['t-false', '100x100', [255, 255, 255]],
    ] as const) {
      const picture = await madeOf(world, 'framed.png', tr);
      look(picture, size, [
        [0, 0, corner],
        [picture.width / 2, picture.height / 2, red],
      ]);
    }
  });

  it('e-shadow is soft, as soft and as strong as asked for', async () => {
    const beside = async (tr: string) => {
      const picture = await madeOf(world, 'disc.png', tr);
      expect(near(picture.at(50, 50), YELLOW), tr).to.equal(true);
      const [r, g, b, alpha] = picture.at(88, 54);
      expect([r, g, b], tr).to.deep.equal([0, 0, 0]);
      return alpha;
    };
    const usual = await beside('e-shadow');
    expect(usual).to.be.within(8, 60);
    expect(await beside('e-shadow-y-2_x-2_st-30_bl-10'), 'what it means alone, in any order').to.equal(usual);
    expect(await beside('e-shadow-st-90')).to.be.closeTo(usual * 3, 12);
    expect(await beside('e-shadow-bl-1')).to.be.lessThan(usual - 5);
  });

  it('where the format knows no transparency, the background or black is seen', async () => {
    for (const [path, tr, colour] of [
      ['disc.png', '', [0, 0, 0]],
      ['disc.png', 'bg-FFFFFF,', [255, 255, 255]],
      ['disc.png', 'bg-dominant,', null],
      ['q.png', 'r-60,', [0, 0, 0]],
      ['q.png', 'r-60,bg-00FFFF,', [0, 255, 255]],
    ] as const) {
      const picture = await pictureAt(world, `${path}?tr=${tr}f-jpg`);
      expect(picture.at(1, 1)[3], tr).to.equal(255);
      if (colour) expect(near(picture.at(1, 1), colour, 10), `${path} ${tr}: ${picture.at(1, 1).join()}`).to.equal(true);
    }
  });

  it('works in one order, whatever the order of the words', async () => {
    const words = ['w-120', 'h-90', 'cm-pad_resize', 'bg-336699', 'rt-90', 'fl-h', 'e-grayscale', 'bl-2', 'b-6_FF8800', 'r-20', 'o-80'];
    const etags = new Set<unknown>();
    for (let shift = 0; shift < words.length; shift += 3) {
      const tr = [...words.slice(shift), ...words.slice(0, shift)].join(',');
      etags.add((await world.get(`/cdn/q.png?tr=${tr},f-png`)).headers.etag);
    }
    expect(etags.size).to.equal(1);
    const picture = await madeOf(world, 'q.png', words.join(','));
    // Turned, then framed, then rounded, then blended: the frame keeps its colour, mixed with the background.
    look(picture, '102x132', [
      [50, 2, [214, 129, 31, 255]],
      [1, 1, [51, 102, 153, 255]],
    ]);
  });
});
