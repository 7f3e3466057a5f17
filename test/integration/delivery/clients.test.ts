import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSrc, getResponsiveImageAttributes, type SrcOptions } from '@imagekit/javascript';
import ImageKitNode from '@imagekit/nodejs';
import { Image } from '@imagekit/react';
import { expect } from 'chai';
import ImageKitOld from 'imagekit';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { transform } from 'unpic/providers/imagekit';
import { createMedia, type LocalMedia } from '../../../src/platform/media/create.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { disc, near, type Picture, pictureOf, QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';

/** What real clients generate, asked from the real server and judged by decoded pixels. */

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;
const YELLOW = [250, 210, 0];
const SECRET = 'private_of_the_client_tests';
/** Stands for the server until its port is known: signatures do not cover the endpoint. */
const ENDPOINT = 'https://media.example.com/cdn';

type Point = readonly [x: number, y: number, colour: readonly number[]];
interface Expected {
  readonly size: string;
  readonly type?: string;
  readonly points?: readonly Point[];
}

/** Options as the SDKs of 2025 take them, and what has to come out of a picture with four coloured quarters, 400 x 300. */
const wishes: [name: string, transformation: NonNullable<SrcOptions['transformation']>, expected: Expected][] = [
  ['width', [{ width: 200 }], { size: '200x150', points: [[10, 10, RED]] }],
  ['fraction', [{ width: 0.5 }], { size: '200x150' }],
  ['expression', [{ width: 'iw_div_4' }], { size: '100x75' }],
  ['both sides, focus', [{ width: 200, height: 200, focus: 'left' }], { size: '200x200', points: [[130, 10, RED]] }],
  ['force', [{ width: 100, height: 200, crop: 'force' }], { size: '100x200', points: [[90, 190, SAND]] }],
  ['at most', [{ width: 1000, crop: 'at_max' }], { size: '400x300' }],
  ['at least', [{ width: 100, height: 100, crop: 'at_least' }], { size: '133x100' }],
  [
    'pad',
    [{ width: 200, height: 200, cropMode: 'pad_resize', background: '00FF00' }],
    { size: '200x200', points: [[100, 5, [0, 255, 0]]] },
  ],
  ['extract', [{ width: 50, height: 50, cropMode: 'extract', x: 300, y: 10 }], { size: '50x50', points: [[25, 25, GREEN]] }],
  ['ratio', [{ width: 200, aspectRatio: '1-1' }], { size: '200x200' }],
  ['device pixels', [{ width: 100, dpr: 2 }], { size: '200x150' }],
  ['rotation', [{ rotation: 90 }], { size: '300x400', points: [[10, 10, BLUE]] }],
  ['rotation back', [{ rotation: 'N90' }], { size: '300x400', points: [[10, 10, GREEN]] }],
  ['flip', [{ flip: 'h' }], { size: '400x300', points: [[10, 10, GREEN]] }],
  ['radius', [{ width: 200, height: 200 }, { radius: 'max' }], { size: '200x200', points: [[120, 120, SAND]] }],
  ['border', [{ width: 100, border: '5_00FF00' }], { size: '110x85', points: [[2, 2, [0, 255, 0]]] }],
  ['grayscale', [{ grayscale: true }], { size: '400x300', points: [[10, 10, [102, 102, 102]]] }],
  ['contrast', [{ contrastStretch: true }], { size: '400x300' }],
  ['sharpen', [{ sharpen: 10 }], { size: '400x300', points: [[10, 10, RED]] }],
  ['unsharp', [{ unsharpMask: '2-2-0.8-0.024' }], { size: '400x300', points: [[10, 10, RED]] }],
  ['shadow', [{ shadow: 'bl-15_st-40_x-10_y-N5' }], { size: '400x300', points: [[10, 10, RED]] }],
  ['gradient', [{ gradient: 'from-000000_to-00000000_ld-right' }], { size: '400x300', points: [[1, 10, [0, 0, 0]]] }],
  ['blur', [{ blur: 10 }], { size: '400x300', points: [[10, 10, RED]] }],
  ['opacity', [{ opacity: 50, background: 'FFFFFF' }], { size: '400x300', points: [[10, 10, [227, 142, 142]]] }],
  ['trim', [{ trim: 10 }], { size: '400x300' }],
  ['quality and format', [{ width: 100, quality: 50, format: 'webp' }], { size: '100x75', type: 'image/webp' }],
  ['AVIF', [{ width: 100, format: 'avif' }], { size: '100x75', type: 'image/avif' }],
  ['progressive JPEG', [{ width: 100, format: 'jpg', progressive: true }], { size: '100x75', type: 'image/jpeg' }],
  ['lossless', [{ width: 100, format: 'webp', lossless: true }], { size: '100x75', type: 'image/webp', points: [[10, 10, RED]] }],
  ['default image', [{ width: 100, defaultImage: '/brand/disc.png' }], { size: '100x75' }],
  ['named', [{ named: 'card' }], { size: '120x120' }],
  ['chain', [{ width: 200 }, { rotation: 90 }, { width: 75 }], { size: '75x100', points: [[5, 5, BLUE]] }],
  ['raw', [{ raw: 'if-iw_gt_300,w-100,if-else,w-50,if-end' }], { size: '100x75' }],
  [
    'picture on top',
    [{ overlay: { type: 'image', input: '/brand/disc.png', position: { x: 10, y: 20 }, transformation: [{ width: 60 }] } }],
    { size: '400x300', points: [[40, 50, YELLOW]] },
  ],
  [
    'picture on top, focus',
    [{ overlay: { type: 'image', input: 'brand/disc.png', position: { focus: 'bottom_right' } } }],
    { size: '400x300', points: [[370, 270, YELLOW]] },
  ],
  [
    'text on top',
    [
      {
        overlay: {
          type: 'text',
          text: 'Every, thing: & <more>/ü',
          position: { x: 1, y: 1 },
          transformation: [
            { fontSize: 20, fontColor: 'FFFFFF', background: '0000FF', padding: 10, fontFamily: 'Open Sans', typography: 'b_i' },
          ],
        },
      },
    ],
    { size: '400x300', points: [[4, 4, [0, 0, 255]]] },
  ],
  [
    'colour on top',
    [
      {
        overlay: { type: 'solidColor', color: 'FF00FF', position: { x: 1, y: 1 }, transformation: [{ width: 50, height: 50, radius: 10 }] },
      },
    ],
    {
      size: '400x300',
      points: [
        [2, 2, RED],
        [25, 25, [255, 0, 255]],
      ],
    },
  ],
  [
    'layers in layers',
    [
      {
        overlay: {
          type: 'image',
          input: 'brand/disc.png',
          position: { x: 1, y: 1 },
          transformation: [
            { width: 60, raw: 't-false' },
            { overlay: { type: 'solidColor', color: '0000FF', transformation: [{ width: 10, height: 10 }] } },
          ],
        },
      },
    ],
    {
      size: '400x300',
      points: [
        [30, 30, [0, 0, 255]],
        [31, 22, YELLOW],
      ],
    },
  ],
];

interface NuxtProvider {
  getImage(src: string, options: { modifiers: Record<string, unknown>; baseURL: string }): { url: string };
}

/** The provider of @nuxt/image, which has no door of its own. */
async function nuxt(): Promise<NuxtProvider> {
  const door = createRequire(import.meta.url).resolve('@nuxt/image');
  const file = join(dirname(door), 'runtime/providers/imagekit.js');
  const module = (await import(pathToFileURL(file).href)) as { default(): NuxtProvider };
  return module.default();
}

/** The loader printed in the documentation of Next.js (app/api-reference/config/next-config-js/images). */
function nextLoader({ src, width, quality }: { src: string; width: number; quality?: number }): string {
  const params = [`w-${width}`, `q-${quality ?? 80}`];
  return `${ENDPOINT}/${src}?tr=${params.join(',')}`;
}

describe('what real clients generate', function () {
  this.timeout(60_000);
  let world: Awaited<ReturnType<typeof startDelivery>>;
  let media: LocalMedia;
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-clients-'));
    media = createMedia({ slots: 1, sandbox: 'auto', maxPixels: 100_000_000, tempDir: dir, production: false, log: silentLog });
    world = await startDelivery({ media, keys: ['another-key-of-this-workspace', SECRET] });
    world.add('a/q ü.png', await quadrants(), { mime: 'image/png' });
    world.add('a/q.png', await quadrants(), { mime: 'image/png' });
    world.add('a/private.png', await quadrants(), { mime: 'image/png', public: { now: false, until: null } });
    world.add('brand/disc.png', await disc(), { mime: 'image/png', width: 100, height: 100, hasAlpha: true });
    world.name('card', 'w-120,h-120,c-force');
  });
  after(async () => {
    await world?.close();
    await media?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  const ask = (url: string) =>
    world.get(
      url
        .slice(new URL(ENDPOINT).origin.length)
        .replaceAll(' ', '%20')
        .replace(/[^\x21-\x7e]+/g, encodeURIComponent),
    );

  async function check(url: string, { size, type, points = [] }: Expected): Promise<void> {
    const { status, headers, body } = await ask(url);
    expect(status, `${url}: ${String(headers['ik-error'])}`).to.equal(200);
    expect(headers['damson-ignored'], url).to.equal(undefined);
    if (type) expect(headers['content-type'], url).to.equal(type);
    const picture: Picture = await pictureOf(body);
    expect(`${picture.width}x${picture.height}`, url).to.equal(size);
    for (const [x, y, colour] of points) {
      expect(near(picture.at(x, y), colour, 12), `${url}: ${x}, ${y} is ${picture.at(x, y).join(' ')}, not ${colour.join(' ')}`).to.equal(
        true,
      );
    }
  }

  const old = new ImageKitOld({ publicKey: 'public', privateKey: SECRET, urlEndpoint: ENDPOINT });
  const node = new ImageKitNode({ privateKey: SECRET });

  for (const [name, transformation, expected] of wishes) {
    describe(name, () => {
      it('@imagekit/javascript, in the query and in the path', async () => {
        await check(buildSrc({ urlEndpoint: ENDPOINT, src: '/a/q.png', transformation }), expected);
        await check(buildSrc({ urlEndpoint: ENDPOINT, src: '/a/q ü.png', transformation, transformationPosition: 'path' }), expected);
      });

      it('@imagekit/nodejs, plain, and signed for a private file', async () => {
        // The two SDKs declare the same options apart.
        const options = { urlEndpoint: ENDPOINT, transformation: transformation as never };
        await check(node.helper.buildSrc({ ...options, src: '/a/q.png' }), expected);
        await check(node.helper.buildSrc({ ...options, src: '/a/private.png', signed: true }), expected);
        await check(node.helper.buildSrc({ ...options, src: '/a/private.png', expiresIn: 600, queryParameters: { v: '2' } }), expected);
      });
    });
  }

  it('@imagekit/react: the picture and each of its source set', async () => {
    const html = renderToStaticMarkup(
      createElement(Image, { urlEndpoint: ENDPOINT, src: '/a/q.png', width: 100, alt: '', transformation: [{ height: 60, width: 100 }] }),
    );
    const set = /srcSet="([^"]+)"/i.exec(html)?.[1]?.replaceAll('&amp;', '&').split(', ') ?? [];
    expect(set.length).to.be.greaterThan(1);
    for (const entry of set) await check(entry.split(' ')[0] ?? '', { size: '100x60' });
  });

  it('responsive attributes', async () => {
    const { srcSet = '' } = getResponsiveImageAttributes({ urlEndpoint: ENDPOINT, src: '/a/q.png', sizes: '50vw' });
    const urls = srcSet.split(', ').map((entry) => entry.split(' ')[0] ?? '');
    expect(urls.length).to.be.greaterThan(5);
    // Never enlarged.
    for (const url of urls)
      await check(url, {
        size: `${Math.min(400, Number(/w-(\d+)/.exec(url)?.[1]))}x${Math.round(Math.min(400, Number(/w-(\d+)/.exec(url)?.[1])) * 0.75)}`,
      });
  });

  describe('imagekit 6', () => {
    const cases: [Record<string, string | number | boolean>[], Expected][] = [
      [[{ height: 100, width: 200, crop: 'force' }, { rotation: 90 }], { size: '100x200', points: [[5, 5, BLUE]] }],
      [
        [{ width: 200, height: 200, cropMode: 'pad_resize', background: 'FFFFFF' }],
        { size: '200x200', points: [[100, 3, [255, 255, 255]]] },
      ],
      [
        [{ width: 100, effectGray: '-', border: '5_FF0000' }],
        {
          size: '110x85',
          points: [
            [2, 2, [255, 0, 0]],
            [20, 20, [102, 102, 102]],
          ],
        },
      ],
      [[{ width: 100, quality: 60, format: 'webp', blur: 3 }], { size: '100x75', type: 'image/webp' }],
      [[{ raw: 'l-image,i-brand@@disc.png,lx-0,ly-0,l-end' }], { size: '400x300', points: [[30, 30, YELLOW]] }],
      [[{ raw: 'l-text,i-Hello,fs-20,bg-00FF00,lx-0,ly-0,l-end' }], { size: '400x300' }],
    ];
    for (const [transformation, expected] of cases) {
      it(JSON.stringify(transformation), async () => {
        await check(old.url({ path: '/a/q.png', transformation }), expected);
        await check(old.url({ src: `${ENDPOINT}/a/q.png`, transformation, queryParameters: { v: '1' } }), expected);
        await check(old.url({ path: '/a/private.png', transformation, signed: true }), expected);
        await check(old.url({ path: '/a/private.png', transformation, signed: true, expireSeconds: 300 }), expected);
        await check(old.url({ src: `${ENDPOINT}/a/private.png`, transformation, signed: true, expireSeconds: 300 }), expected);
      });
    }

    it('signatures that were cut, changed, reordered or have ended are refused before anything else', async () => {
      const good = old.url({ path: '/a/private.png', transformation: [{ width: 200 }], signed: true, expireSeconds: 300 });
      const status = async (url: string) => (await ask(url)).status;
      expect(await status(good)).to.equal(200);
      expect(await status(good.slice(0, -1))).to.equal(401);
      expect(await status(good.replace('w-200', 'w-201'))).to.equal(401);
      expect(await status(good.replace(/ik-t=\d+/, 'ik-t=9999999999'))).to.equal(401);
      expect(await status(good.replace('private.png', 'missing.png'))).to.equal(401);
      expect(await status(`${good}&v=1`)).to.equal(401);
      expect(await status(good.replace('tr:w-200', 'tr%3Aw-200'))).to.equal(401);
      world.seen.now += 400_000;
      expect(await status(good)).to.equal(401);
      world.seen.now -= 400_000;
    });
  });

  it('unpic', async () => {
    const url = (options: Parameters<typeof transform>[1]) => String(transform(`${ENDPOINT}/a/q.png`, options));
    await check(url({ width: 200, height: 100 }), { size: '200x100' });
    await check(url({ width: 200, height: 100, format: 'webp', quality: 50 }), { size: '200x100', type: 'image/webp' });
    // A second pass over an address that has a transformation.
    await check(String(transform(url({ width: 300 }), { width: 100, height: 100 })), { size: '100x100' });
  });

  it('the provider of @nuxt/image', async () => {
    const provider = await nuxt();
    const url = (modifiers: Record<string, unknown>) => provider.getImage('/a/q.png', { modifiers, baseURL: ENDPOINT }).url;
    await check(url({ width: 200, height: 200, fit: 'cover' }), { size: '200x200' });
    await check(url({ width: 200, height: 200, fit: 'contain', background: '#00FF00' }), {
      size: '200x200',
      points: [[100, 3, [0, 255, 0]]],
    });
    await check(url({ width: 100, height: 200, fit: 'fill' }), { size: '100x200' });
    await check(url({ width: 200, height: 200, fit: 'inside' }), { size: '200x150' });
    await check(url({ width: 200, height: 200, fit: 'outside' }), { size: '267x200' });
    await check(url({ width: 100, effectGray: true, radius: 10, border: '2_FF0000', rotate: 90, format: 'png' }), { size: '79x104' });
  });

  it('the loader in the documentation of Next.js', async () => {
    for (const width of [16, 384, 640]) {
      await check(nextLoader({ src: 'a/q.png', width, quality: 75 }), { size: `${width}x${Math.round(width * 0.75)}` });
      await check(nextLoader({ src: '/a/q.png', width }), { size: `${width}x${Math.round(width * 0.75)}` });
    }
  });
});
