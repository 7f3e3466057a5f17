import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { createMedia, type LocalMedia } from '../../../src/platform/media/create.ts';
import { FONT_FAMILIES } from '../../../src/platform/media/families.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { difference, look, madeOf, type Point } from '../../support/delivered.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { disc, near, type Picture, QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';

/** Every parameter of texts and areas, every place and every depth of layers (delivery-urls 5), by decoded pixels, in a real media child. */

const { topLeft: RED } = QUADRANTS;
const YELLOW = [250, 210, 0];
const GREEN = [0, 255, 0];
const MAGENTA = [255, 0, 255];
const GREY = [64, 64, 64];

/** As many characters as are drawn. */
const LONG = 'abcd-'.repeat(400);

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly pixels: number;
}

/** Around all pixels that this is true of; right and bottom are the last ones within. */
function boundsOf(picture: Picture, is: (colour: readonly number[]) => boolean): Bounds {
  const out = { left: picture.width, top: picture.height, right: -1, bottom: -1, pixels: 0 };
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      if (!is(picture.at(x, y))) continue;
      out.left = Math.min(out.left, x);
      out.top = Math.min(out.top, y);
      out.right = Math.max(out.right, x);
      out.bottom = Math.max(out.bottom, y);
      out.pixels += 1;
    }
  }
  return out;
}
const widthOf = ({ left, right }: Bounds) => right - left + 1;
const heightOf = ({ top, bottom }: Bounds) => bottom - top + 1;
/** Magenta letters on green, their soft edges too. */
const isInk = ([red = 0, green = 0, blue = 0]: readonly number[]) => blue > 60 && red > 60 && Math.abs(red + green - 255) < 20;
const isBox = (colour: readonly number[]) => !near(colour, GREY, 3);

describe('texts, areas and places of layers', function () {
  this.timeout(60_000);
  let world: Awaited<ReturnType<typeof startDelivery>>;
  let media: LocalMedia;
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-texts-'));
    media = createMedia({ slots: 1, sandbox: 'auto', maxPixels: 100_000_000, tempDir: dir, production: false, log: silentLog });
    world = await startDelivery({ media });
    const plain = sharp({ create: { width: 400, height: 240, channels: 3, background: '#404040' } });
    world.add('plain.png', await plain.png().toBuffer(), { mime: 'image/png', width: 400, height: 240 });
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.add('brand/disc.png', await disc(), { mime: 'image/png', width: 100, height: 100, hasAlpha: true });
  });
  after(async () => {
    await world?.close();
    await media?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  /** Magenta on green, at the top left of a grey area. */
  const text = (words: string, i = 'i-H', to = 'lx-0,ly-0') =>
    madeOf(world, 'plain.png', `l-text,${i},co-FF00FF,bg-00FF00,${words === '' ? '' : `${words},`}${to},l-end`);
  const measured = async (words: string, i?: string) => {
    const picture = await text(words, i);
    return { picture, ink: boundsOf(picture, isInk), box: boundsOf(picture, isBox) };
  };

  describe('a text', () => {
    it('fs: letters are as high as asked for, 45 px when nothing is', async () => {
      const [small, large, usual] = await Promise.all([measured('fs-40'), measured('fs-80'), measured('')]);
      // Capitals of Roboto are 0.711 of the size.
      expect(heightOf(small.ink)).to.be.closeTo(28.4, 1.5);
      expect(heightOf(large.ink)).to.be.closeTo(56.9, 1.5);
      expect(difference(usual.picture, (await measured('fs-45')).picture)).to.equal(null);
      expect(difference((await measured('fs-bh_div_3')).picture, large.picture)).to.equal(null);
    });

    it('takes no room but that of its letters, and pa around it on each side', async () => {
      const paddings: [pa: string, top: number, right: number, bottom: number, left: number][] = [
        ['', 0, 0, 0, 0],
        ['pa-10', 10, 10, 10, 10],
        ['pa-10_20', 10, 20, 10, 20],
        ['pa-5_10_15', 5, 10, 15, 10],
        ['pa-4_8_12_16', 4, 8, 12, 16],
        ['pa-bw_div_40', 10, 10, 10, 10],
      ];
      for (const [pa, ...wanted] of paddings) {
        const { ink, box } = await measured(`fs-60${pa && `,${pa}`}`);
        expect([box.left, box.top], pa).to.deep.equal([0, 0]);
        const found = [ink.top, box.right - ink.right, box.bottom - ink.bottom, ink.left];
        for (const [side, px] of wanted.entries()) expect(found[side], `${pa}, side ${side}: ${found.join()}`).to.be.closeTo(px, 1);
      }
    });

    it('co and al: the colour of the letters, and how opaque they are', async () => {
      const brightest = async (words: string) => {
        const picture = await madeOf(world, 'plain.png', `l-text,i-H,fs-150,${words}lx-0,ly-0,l-end`);
        let found: readonly number[] = GREY;
        const far = (colour: readonly number[]) => Math.abs((colour[0] ?? 0) - 64) + Math.abs((colour[2] ?? 0) - 64);
        for (let y = 0; y < 110; y += 2) for (let x = 0; x < 110; x += 2) if (far(picture.at(x, y)) > far(found)) found = picture.at(x, y);
        return found;
      };
      for (const [words, colour] of [
        ['', [0, 0, 0]],
        ['co-FF00FF,', MAGENTA],
        ['co-gold,', [255, 215, 0]],
        ['co-FFFFFF50,', [160, 160, 160]],
        ['co-FFFFFF,al-5,', [160, 160, 160]],
        ['co-FFFFFF,al-1,', [83, 83, 83]],
        ['co-FFFFFF50,al-9,', [160, 160, 160]],
      ] as const) {
        const found = await brightest(words);
        expect(near(found, colour, 4), `${words}: ${found.join()}`).to.equal(true);
      }
    });

    it('ia: to the left, to the right, or in the middle of its width', async () => {
      const at = async (words: string) => {
        const { ink, box } = await measured(`fs-60,w-200${words}`, 'i-I');
        expect(widthOf(box), words).to.equal(200);
        return [ink.left, box.right - ink.right] as const;
      };
      expect((await at(',ia-left'))[0]).to.be.at.most(1);
      expect((await at(',ia-right'))[1]).to.be.at.most(1);
      for (const words of ['', ',ia-center']) {
        const [before, behind] = await at(words);
        expect(before, words).to.be.closeTo(behind, 3);
        expect(before, words).to.be.greaterThan(80);
      }
    });

    it('w: lines are broken at it, words too where they must', async () => {
      const one = await measured('fs-40', 'i-Two%20words');
      const two = await measured('fs-40,w-130', 'i-Two%20words');
      expect(widthOf(two.box)).to.equal(130);
      expect(heightOf(two.box)).to.be.closeTo(heightOf(one.box) + 47, 4);
      const broken = await measured('fs-40,w-100', 'i-WWWWWWW');
      expect(widthOf(broken.box)).to.be.within(95, 105);
      expect(heightOf(broken.box)).to.be.greaterThan(100);
    });

    it('lh: from line to line so many px, or so many of its own', async () => {
      const distance = async (words: string) => {
        const [one, two] = [await measured('fs-40', 'i-H'), await measured(`fs-40${words}`, 'i-H%0AH')];
        return heightOf(two.box) - heightOf(one.box);
      };
      // Roboto's own is 1.172 of the size.
      const own = await distance('');
      expect(own).to.be.closeTo(47, 2);
      expect(await distance(',lh-2')).to.be.closeTo(own * 2, 2);
      expect(await distance(',lh-100')).to.be.closeTo(100, 2);
      expect(await distance(',lh-bh_div_3')).to.be.closeTo(80, 2);
    });

    it('tg: bold, italic, struck through, and all together', async () => {
      const plain = await measured('fs-80', 'i-Il');
      const bold = await measured('fs-80,tg-b', 'i-Il');
      expect(bold.ink.pixels).to.be.greaterThan(plain.ink.pixels * 1.25);
      /** Where the first letter begins, so far below its top. */
      const first = ({ picture, ink }: typeof plain, y: number) =>
        Array.from({ length: widthOf(ink) }, (_, x) => x).findIndex((x) => isInk(picture.at(ink.left + x, ink.top + y)));
      const leans = (one: typeof plain) => first(one, 4) - first(one, heightOf(one.ink) - 5);
      const italic = await measured('fs-80,tg-i', 'i-Il');
      expect(leans(plain)).to.be.within(-3, 3);
      expect(leans(italic)).to.be.greaterThan(6);
      /** How much of its width the fullest row has. */
      const longest = ({ picture, ink }: typeof plain) => {
        const row = (y: number) =>
          Array.from({ length: widthOf(ink) }, (_, x) => picture.at(ink.left + x, ink.top + y)).filter(isInk).length;
        return Math.max(...Array.from({ length: heightOf(ink) }, (_, y) => row(y))) / widthOf(ink);
      };
      const apart = await measured('fs-60', 'i-I%20I');
      expect(longest(apart)).to.be.lessThan(0.7);
      expect(longest(await measured('fs-60,tg-strikethrough', 'i-I%20I'))).to.be.greaterThan(0.95);
      const all = await measured('fs-60,tg-b_i_strikethrough', 'i-I%20I');
      expect(all.ink.pixels).to.be.greaterThan(apart.ink.pixels * 1.5);
      expect(longest(all)).to.be.greaterThan(0.8);
    });

    it('ff: each family that comes with Damson has letters of its own', async () => {
      const seen = new Map<string, string>();
      for (const family of Object.keys(FONT_FAMILIES)) {
        const picture = await madeOf(
          world,
          'plain.png',
          `w-200,h-60,c-force,l-text,i-Rag%205,fs-40,ff-${encodeURIComponent(family)},lx-0,ly-0,l-end`,
        );
        const pixels: number[] = [];
        for (let y = 0; y < 60; y += 1) for (let x = 0; x < 200; x += 2) pixels.push(picture.at(x, y)[0]);
        const same = seen.get(pixels.join());
        expect(same, `${family} looks like ${same}`).to.equal(undefined);
        seen.set(pixels.join(), family);
      }
      expect(seen.size).to.equal(22);
    });

    it('bg, r, rt and fl: its box, rounded, turned and mirrored', async () => {
      const plain = await measured('fs-60,pa-10', 'i-L');
      const round = await text('fs-60,pa-10,r-10', 'i-L');
      look(round, '400x240', [
        [0, 0, GREY],
        [widthOf(plain.box) / 2, 2, GREEN],
      ]);
      const turned = await measured('fs-60,pa-10,rt-90', 'i-L');
      expect([widthOf(turned.box), heightOf(turned.box)]).to.deep.equal([heightOf(plain.box), widthOf(plain.box)]);
      const mirrored = await measured('fs-60,pa-10,fl-h', 'i-L');
      const column = ({ picture, ink }: typeof plain, x: number) =>
        Array.from({ length: heightOf(ink) }, (_, y) => picture.at(x, ink.top + y)).filter(isInk).length;
      expect(column(plain, plain.ink.left + 3)).to.be.greaterThan(column(plain, plain.ink.right - 3) * 3);
      expect(column(mirrored, mirrored.ink.right - 3)).to.be.greaterThan(column(mirrored, mirrored.ink.left + 3) * 3);
    });

    it('i and ie say the same, with anything in it; ie wins', async () => {
      for (const words of ['5 & 6 <b>7</b>', 'a,b:c/d+e', 'Straße Ω']) {
        const encoded = encodeURIComponent(Buffer.from(words).toString('base64'));
        const plain = await text('fs-24', `i-${encodeURIComponent(words)}`);
        expect(boundsOf(plain, isInk).pixels, words).to.be.greaterThan(150);
        expect(difference(await text('fs-24', `ie-${encoded}`), plain), words).to.equal(null);
        expect(difference(await text('fs-24', `i-nothing,ie-${encoded}`), plain), words).to.equal(null);
      }
    });

    it('ends after 2,000 characters', async () => {
      const long = await text('fs-8,w-390', `i-${LONG}`);
      expect(difference(await text('fs-8,w-390', `i-${LONG}WWWW`), long)).to.equal(null);
      expect(difference(await text('fs-8,w-390', `i-${LONG.slice(0, -300)}`), long)).not.to.equal(null);
    });
  });

  describe('an area', () => {
    const areas: [words: string, ...points: Point[]][] = [
      ['bg-0000FF,al-5', [10, 10, [100, 15, 143]]],
      ['bg-0000FF50,al-9', [10, 10, [100, 15, 143]]],
      ['bg-blue,al-5', [10, 10, [0, 0, 255]]],
      ['bg-0000FF', [10, 10, [0, 0, 255]], [390, 290, [0, 0, 255]]],
      ['bg-0000FF,w-40,h-20', [39, 19, [0, 0, 255]], [41, 10, RED], [10, 21, RED]],
      ['bg-0000FF,w-bw_div_4,h-bh_div_10', [99, 29, [0, 0, 255]], [101, 10, RED], [10, 31, RED]],
      ['bg-0000FF,w-60,h-60,r-20', [1, 1, RED], [30, 2, [0, 0, 255]], [58, 58, RED]],
      ['w-60,h-60,e-gradient-from-000000_to-FFFFFF', [30, 1, [2, 2, 2]], [30, 58, [252, 252, 252]], [62, 30, RED]],
    ];
    for (const [words, ...points] of areas) {
      it(words, async () => look(await madeOf(world, 'q.png', `l-image,i-ik_canvas,${words},lx-0,ly-0,l-end`), '400x300', points));
    }
  });

  describe('a place', () => {
    /** Where the top left corner of an area of 40 x 30 comes to on 400 x 240. */
    const rows: [words: string, left: number, top: number][] = [
      ['', 180, 105],
      ['lfo-center', 180, 105],
      ['lfo-top', 180, 0],
      ['lfo-left', 0, 105],
      ['lfo-right', 360, 105],
      ['lfo-bottom', 180, 210],
      ['lfo-top_left', 0, 0],
      ['lfo-top_right', 360, 0],
      ['lfo-bottom_left', 0, 210],
      ['lfo-bottom_right', 360, 210],
      ['lfo-bottom_right,lx-0', 0, 0],
      ['lfo-bottom_right,lyc-60', 0, 45],
      ['lx-100', 100, 0],
      ['ly-N20', 0, 190],
      ['lx-bw_sub_cw,ly-bh_sub_ch', 360, 210],
      ['lx-0,lyc-120', 0, 105],
      ['lxc-100,lyc-80', 80, 65],
      ['lap-top_left,lx-10,ly-10', 10, 10],
      ['lap-top,lx-10,ly-10', 210, 10],
      ['lap-top_right,lx-N50,ly-10', 350, 10],
      ['lap-left,lx-10,ly-10', 10, 130],
      ['lap-center,lx-10,ly-10', 210, 130],
      ['lap-right,lx-N50,ly-10', 350, 130],
      ['lap-bottom_left,lx-10,ly-N40', 10, 200],
      ['lap-bottom,lx-10,ly-N40', 210, 200],
      ['lap-bottom_right,lx-N50,ly-N40', 350, 200],
      ['lap-center,lxc-0,lyc-0', 180, 105],
      // Out of range is moved to the edge.
      ['lx-9000,ly-0', 399, 0],
    ];
    for (const [words, left, top] of rows) {
      it(words || 'of nobody’s choice', async () => {
        const picture = await madeOf(world, 'plain.png', `l-image,i-ik_canvas,w-40,h-30,bg-FF00FF,${words && `${words},`}l-end`);
        const box = boundsOf(picture, isBox);
        expect([box.left, box.top]).to.deep.equal([left, top]);
        expect(near(picture.at(left, top), MAGENTA, 2)).to.equal(true);
      });
    }
  });

  describe('layers of layers', () => {
    const area = (size: number, colour: string, more = '') => `l-image,i-ik_canvas,w-${size},h-${size},bg-${colour}${more}`;

    it('stand in their parent, three deep', async () => {
      const tr = `${area(90, 'FF0000', ',lx-100,ly-50')},${area(60, '00FF00', ',lx-10,ly-20')},${area(30, '0000FF', ',lx-N0,ly-N0')},l-end,l-end,l-end`;
      look(await madeOf(world, 'plain.png', tr), '400x240', [
        [99, 49, GREY],
        [101, 51, [255, 0, 0]],
        [111, 71, GREEN],
        [139, 99, GREEN],
        [141, 101, [0, 0, 255]],
        [169, 129, [0, 0, 255]],
        [171, 131, [255, 0, 0]],
      ]);
      const four = `${area(9, 'FF0000')},`.repeat(4) + 'l-end,'.repeat(4);
      expect((await world.get(`/cdn/plain.png?tr=${four}w-9`)).status).to.equal(422);
    });

    it('may be a later step of their parent', async () => {
      const tr = `l-image,i-brand@@disc.png,t-false,lx-0,ly-0:${area(20, '0000FF', ',lx-40,ly-40')},l-end:rt-180,l-end`;
      look(await madeOf(world, 'plain.png', tr), '400x240', [
        [50, 50, [0, 0, 255]],
        [38, 50, YELLOW],
        [5, 5, GREY],
      ]);
    });

    it('make a background of a gradient: the picture itself on top of it', async () => {
      const picture = await madeOf(world, 'brand/disc.png', 'e-gradient-from-FF0000_to-0000FF:l-image,i-brand@@disc.png,t-false,l-end');
      look(picture, '100x100', [
        [2, 1, [252, 0, 3]],
        [2, 98, [3, 0, 252]],
        [50, 50, YELLOW],
      ]);
    });

    it('are named in base64, too', async () => {
      const path = encodeURIComponent(Buffer.from('brand/disc.png').toString('base64'));
      look(await madeOf(world, 'plain.png', `l-image,ie-${path},lx-0,ly-0,l-end`), '400x240', [
        [30, 30, YELLOW],
        [70, 30, GREY],
      ]);
    });
  });
});
