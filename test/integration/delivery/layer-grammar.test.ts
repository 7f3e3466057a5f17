import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { createMedia, type LocalMedia } from '../../../src/platform/media/create.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { near, type Picture, pictureOf, QUADRANTS, quadrants, twoPages } from '../../support/fixtures/pixels.ts';

/**
 * Every parameter of an image layer (delivery-urls 5): what is laid on must be what the same words make of the picture by itself. The layer lies at the
 * top left of a plain area, so that each of its pixels can be compared.
 */

const PARAMETERS = [
  ...[
    'w-60',
    'h-30',
    'w-0.5',
    'w-iw_div_4',
    'w-80,ar-2-1',
    'w-40,dpr-2',
    'w-60,h-30',
    'w-60,h-60,c-force',
    'w-60,h-60,c-at_max',
    'w-60,h-20,c-at_least',
  ],
  ...['w-60,h-60,cm-extract', 'w-60,h-60,cm-extract,fo-top_left', 'w-60,h-60,cm-extract,x-5,y-10', 'w-40,h-40,cm-extract,xc-60,yc-40'],
  ...['w-60,h-60,cm-pad_resize', 'w-60,h-60,cm-pad_resize,bg-336699', 'w-60,h-60,cm-pad_resize,fo-top,bg-white'],
  ...['w-40,h-60,fo-left', 'w-40,h-60,fo-auto', 'w-40,h-60,fo-custom', 'w-40,h-60,fo-face,z-1'],
  ...[
    'b-4_FF00FF',
    'o-50',
    'o-50,bg-FFFFFF',
    'bg-00FF00',
    'r-12',
    'r-max',
    'r-0_20_0_20',
    'rt-90',
    'rt-N45',
    'rt-30,bg-FFFF00',
    'fl-h',
    'fl-h_v',
    't-true',
    't-20',
  ],
  ...[
    'q-20',
    'bl-6',
    'e-grayscale',
    'e-contrast',
    'e-sharpen',
    'e-sharpen-60',
    'e-usm-2-2-0.8-0.024',
    'w-100,e-shadow',
    'e-gradient',
    'e-gradient-ld-right_from-FF0000_to-0000FF',
  ],
  ...[
    'e-distort-p-10_5_100_0_119_89_0_80',
    'e-distort-a-40',
    'cr-00FFFF_20_C81E1E',
    'e-colorize-co-red_in-60',
    'w-80:rt-90:e-grayscale',
    'w-80,r-10:b-3_black',
  ],
  ...['if-iw_gt_50,w-50,if-else,w-20,if-end'],
];

describe('every parameter of an image layer', function () {
  this.timeout(120_000);
  type World = Awaited<ReturnType<typeof startDelivery>>;
  let world: World;
  let media: LocalMedia;
  let dir: string;
  const { topLeft: RED, topRight: GREEN } = QUADRANTS;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-grammar-'));
    media = createMedia({ slots: 1, sandbox: 'auto', maxPixels: 100_000_000, tempDir: dir, production: false, log: silentLog });
    world = await startDelivery({ media });
    const size = { width: 120, height: 90 };
    const framing = { point: { x: 0.9, y: 0.5 }, box: null };
    world.add(
      'plain.png',
      await sharp({ create: { width: 300, height: 300, channels: 3, background: '#808080' } })
        .png()
        .toBuffer(),
      {
        ...{ mime: 'image/png', width: 300, height: 300 },
      },
    );
    world.add('l/q.png', await quadrants(120, 90), { mime: 'image/png', ...size, framing });
    const frames = [
      await quadrants(120, 90),
      await sharp(await quadrants(120, 90))
        .flop()
        .toBuffer(),
    ] as const;
    world.add('l/two.tiff', await twoPages(...frames), { mime: 'image/tiff', ...size, pages: 2 });
    const gif = await sharp([...frames], { join: { animated: true } })
      .gif()
      .toBuffer();
    world.add('l/moving.gif', gif, { mime: 'image/gif', ...size, frames: 2 });
  });
  after(async () => {
    await world?.close();
    await media?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  async function made(target: string): Promise<Picture> {
    const { status, headers, body } = await world.get(`/cdn/${target}`);
    expect(status, `${target}: ${String(headers['ik-error'])}`).to.equal(200);
    return pictureOf(body);
  }

  /** The picture over the grey of the area. */
  function expectSame(laid: Picture, alone: Picture, what: string): void {
    for (let y = 1; y < alone.height; y += 4) {
      for (let x = 1; x < alone.width; x += 4) {
        const [, , , alpha] = alone.at(x, y);
        const wanted = alone.at(x, y).map((value, i) => (i === 3 ? 255 : (value * alpha) / 255 + 128 * (1 - alpha / 255)));
        expect(near(laid.at(x, y), wanted, 4), `${what} at ${x}, ${y}: ${laid.at(x, y).join()} and not ${wanted.join()}`).to.equal(true);
      }
    }
    expect(near(laid.at(alone.width + 1, 1), [128, 128, 128], 1), `${what}: right of it`).to.equal(true);
    expect(near(laid.at(1, alone.height + 1), [128, 128, 128], 1), `${what}: below it`).to.equal(true);
  }

  for (const words of PARAMETERS) {
    it(`${words} is what it is by itself`, async () => {
      const trimmed = /(^|,)t-/.test(words) ? '' : ',t-false';
      const [first = '', ...rest] = words.startsWith('if-') ? [''] : words.split(/:(.*)/s).filter(Boolean);
      const chain = words.startsWith('if-') ? `:${words}` : rest.length > 0 ? `:${rest.join(':')}` : '';
      const own = first === '' ? '' : `,${first}`;
      const laid = await made(`plain.png?tr=l-image,i-l@@q.png${trimmed}${own},lx-0,ly-0${chain},l-end:f-png`);
      expectSame(laid, await made(`l/q.png?tr=${words}:f-png`), words);
    });
  }

  it('pg takes a page or a frame', async () => {
    for (const name of ['two.tiff', 'moving.gif']) {
      for (const [pg, colour] of [
        ['', RED],
        [',pg-1', RED],
        [',pg-2', GREEN],
      ] as const) {
        const laid = await made(`plain.png?tr=l-image,i-l@@${name}${pg},t-false,lx-0,ly-0,l-end:f-png`);
        expect(near(laid.at(10, 10), colour, 12), `${name}${pg} ${laid.at(10, 10).join()}`).to.equal(true);
      }
    }
  });

  it('on what moves: one frame, and a picture in whatever format', async () => {
    for (const format of ['gif', 'webp', 'png']) {
      const { status, body } = await world.get(`/cdn/l/moving.gif?tr=l-image,i-l@@q.png,t-false,w-20,lx-0,ly-0,l-end,f-${format}`);
      expect(status, format).to.equal(200);
      const meta = await sharp(body).metadata();
      expect([meta.format, meta.pages ?? 1, meta.width], format).to.deep.equal([format, 1, 120]);
      const picture = await pictureOf(body);
      expect(near(picture.at(17, 3), GREEN, 14), `${format}: the layer's right half`).to.equal(true);
      expect(near(picture.at(30, 30), RED, 14), `${format}: the frame beside it`).to.equal(true);
    }
  });
});
