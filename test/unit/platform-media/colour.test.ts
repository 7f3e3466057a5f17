import { expect } from 'chai';
import sharp from 'sharp';
import { mezzaninePlan } from '../../../src/modules/library/renditions/renditions.source.ts';
import type { ImagePlan } from '../../../src/platform/media/plan.ts';
import { heifProfile } from '../../../src/platform/media/risky/heif-profile.ts';
import { tiffOf } from '../../../src/platform/media/risky/tiff.ts';
import {
  adobeRgbProfile,
  greyProfile,
  HEIGHT,
  inAdobeRgb,
  inGrey,
  profileOf,
  psd,
  STRIPES,
  stripes,
  WIDTH,
} from '../../support/fixtures/colour.ts';
import { near, type Picture, pictureOf, QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';
import { psdComposite } from '../../../src/platform/media/risky/psd-composite.ts';
import { mediaOptions, type MediaRoom, openMedia } from '../../support/media.ts';

const PNG: ImagePlan['encode'] = { format: 'png', quality: 100, metadata: 'strip' };
const plain: ImagePlan = { page: 0, animated: false, autoOrient: true, ops: [], encode: PNG };

/** From the bytes of a file to delivered pixels: as large as it is, scaled, and by way of a mezzanine. */
describe('colours', function () {
  this.timeout(180_000);
  let room: MediaRoom;
  before(() => {
    room = openMedia();
  });
  after(() => room.close());

  const options = mediaOptions();

  async function delivered(
    bytes: Buffer,
    name: string,
  ): Promise<Record<'whole' | 'scaled' | 'mezzanine' | 'mezzanine with loss' | 'kept', Picture>> {
    const file = room.put(bytes);
    const identified = await room.media.identify(file, name, options);
    expect(identified.problem, name).to.equal(null);
    return room.media.withStill(file, identified, options, async (still) => {
      const source = { path: still.path, bytes: 0 };
      const size = { width: still.width, height: still.height };
      const render = async (plan: ImagePlan, from = source) => (await room.media.render(from, plan, options)).data;
      const scale = { op: 'scale' as const, width: size.width / 2, height: size.height / 2 };
      const onMezzanine = async (fewColours: boolean) => {
        const mezzanine = room.put(await render(mezzaninePlan({ ...size, hasAlpha: false, fewColours })));
        return pictureOf(await render({ ...plain, autoOrient: false, ops: [scale] }, mezzanine));
      };
      return {
        whole: await pictureOf(await render(plain)),
        scaled: await pictureOf(await render({ ...plain, ops: [scale] })),
        mezzanine: await onMezzanine(true),
        'mezzanine with loss': await onMezzanine(false),
        // With its profile, read by a colour-managed reader (of 8 bits: sharp does not manage 16).
        kept: await pictureOf(await render({ ...plain, encode: { ...PNG, format: 'webp', lossless: true, metadata: 'profile' } })),
      };
    });
  }

  function look(pictures: Record<string, Picture>, expected: readonly (readonly number[])[], name: string, by: number): void {
    for (const [way, picture] of Object.entries(pictures)) {
      for (const [i, colour] of expected.entries()) {
        const found = picture.at(((i + 0.5) / expected.length) * picture.width, picture.height / 2);
        expect(near(found, colour, by), `${name}, ${way}: stripe ${i} is ${found.join(' ')}, not ${colour.join(' ')}`).to.equal(true);
      }
    }
  }

  const srgb = STRIPES.map((colour) => colour.map((value) => value / 255));
  const adobe = STRIPES.map(inAdobeRgb);
  /** Stored numbers of Display P3, from sharp's own transform to 8 bits. */
  async function inP3(): Promise<number[][]> {
    const flat = stripes(srgb, { colours: 'rgb' });
    const file = await sharp(flat.data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .withIccProfile('p3')
      .tiff()
      .toBuffer();
    const raw = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
    return STRIPES.map((_, i) => [0, 1, 2].map((c) => (raw[(i * 40 + 20) * 3 + c] ?? 0) / 255));
  }
  /** Inks, 0-1: the last ones are dark and saturated. */
  const inks = [
    [0, 0.8, 0.7, 0.1],
    [0.8, 0.1, 0.9, 0],
    [0.9, 0.7, 0, 0.05],
    [0.05, 0.1, 0.5, 0],
    [0.4, 0.3, 0.3, 0.1],
    [0.5, 0.5, 0.5, 0.8],
  ];

  it('come out of wide spaces of 8 and 16 bits as what they are', async () => {
    const p3 = await inP3();
    const spaces = { rgb: [srgb, null], adobe: [adobe, adobeRgbProfile()], p3: [p3, await profileOf('p3')] } as const;
    for (const [space, [samples, icc]] of Object.entries(spaces)) {
      for (const bits of [8, 16] as const) {
        const pixels = stripes(samples, { colours: 'rgb', bits, icc });
        const tiff = tiffOf(pixels);
        const files: [string, Buffer][] = [
          ['tiff', tiff],
          [
            'png',
            await sharp(tiff)
              .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
              .keepIccProfile()
              .png()
              .toBuffer(),
          ],
          // Some writers leave bytes behind the profile.
          ['psd', psd({ ...pixels, icc: icc && Buffer.concat([icc, Buffer.alloc(2)]) }, bits === 16)],
        ];
        if (bits === 8)
          files.push(['jpg', await sharp(tiff).keepIccProfile().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()]);
        if (bits === 8) files.push(['avif', await sharp(tiff).keepIccProfile().avif({ lossless: true }).toBuffer()]);
        for (const [name, bytes] of files) {
          const meta = name.endsWith('psd') ? { depth: bits === 16 ? 'ushort' : 'uchar' } : await sharp(bytes).metadata();
          expect(meta.depth, `${space} ${name}`).to.equal(bits === 16 ? 'ushort' : 'uchar');
          look(await delivered(bytes, `a.${name}`), STRIPES, `${space} ${bits} ${name}`, 4);
        }
      }
    }
  });

  it('come out of CMYK by its profile, the same from JPEG, TIFF and PSD', async () => {
    const icc = await profileOf('cmyk');
    for (const profile of [icc, null]) {
      const pixels = stripes(inks, { colours: 'cmyk', icc: profile });
      const tiff = tiffOf(pixels);
      const managed = await pictureOf(await sharp(tiff).toColourspace('srgb').png().toBuffer());
      const expected = inks.map((_, i) => managed.at(i * 40 + 20, 60).slice(0, 3));
      expect(near(expected[0] ?? [], [200, 70, 70], 40), `${expected[0]}`).to.equal(true);
      const jpeg = await sharp(tiff)
        .pipelineColourspace('cmyk')
        .toColourspace('cmyk')
        .keepIccProfile()
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer();
      expect((await sharp(jpeg).metadata()).space).to.equal('cmyk');
      for (const [name, bytes] of [
        ['tiff', tiff],
        ['16.tiff', tiffOf(stripes(inks, { colours: 'cmyk', icc: profile, bits: 16 }))],
        ['jpg', jpeg],
        ['psd', psd(pixels, false)],
        ['16.psd', psd(stripes(inks, { colours: 'cmyk', icc: profile, bits: 16 }), true)],
      ] as const) {
        look(await delivered(bytes, `c.${name}`), expected, `cmyk ${profile ? 'with' : 'without'} profile, ${name}`, 5);
      }
    }
  });

  it('are read without unpacking the channels beside them', () => {
    const pixels = stripes(inks, { colours: 'cmyk' });
    for (const rle of [true, false]) {
      const sizes: number[] = [];
      const { alloc } = Buffer;
      const file = psd(pixels, rle, 40);
      Buffer.alloc = ((size: number, ...more: []) => {
        sizes.push(size);
        return alloc(size, ...more);
      }) as typeof alloc;
      try {
        const read = psdComposite(file);
        expect(read?.data.equals(pixels.data), rle ? 'packed' : 'raw').to.equal(true);
      } finally {
        Buffer.alloc = alloc;
      }
      expect(Math.max(...sizes), 'no more than the colours take').to.be.at.most(pixels.data.length);
    }
  });

  it('keep greys grey, of 8 and 16 bits', async () => {
    const expected = STRIPES.map(([value]) => [value, value, value]);
    for (const bits of [8, 16] as const) {
      // Of 16 bits sharp never looks at a profile of greys: they come out by the curve of sRGB.
      for (const icc of bits === 16 ? [null] : [null, greyProfile()]) {
        const greys = STRIPES.map(([value]) => [icc ? inGrey(value) : value / 255]);
        const pixels = stripes(greys, { colours: 'grey', bits, icc });
        const png = sharp(tiffOf(pixels)).keepIccProfile();
        for (const [name, bytes] of [
          ['tiff', tiffOf(pixels)],
          ['psd', psd(pixels, true)],
          [
            'png',
            await png
              .toColourspace(bits === 16 ? 'grey16' : 'b-w')
              .png()
              .toBuffer(),
          ],
        ] as const) {
          look(await delivered(bytes, `g.${name}`), expected, `grey ${bits} ${icc ? 'with' : 'without'} profile, ${name}`, 4);
        }
      }
    }
  });

  it('of a PSD with transparency are without the white that lies under them', async () => {
    // Photoshop stores half of red as red on white, beside its transparency.
    const samples = STRIPES.map((colour, i) => {
      const alpha = i % 2 === 0 ? 0.5 : 1;
      return [...colour.map((value) => (value / 255) * alpha + 1 - alpha), alpha];
    });
    const pictures = await delivered(psd(stripes(samples, { colours: 'rgb', alpha: true }), true), 't.psd');
    const expected = STRIPES.map((colour, i) => [...colour, i % 2 === 0 ? 128 : 255]);
    look({ whole: pictures.whole, scaled: pictures.scaled }, expected, 'transparent psd', 4);
  });

  it('of HEIF are those of the profile of its primary picture', async () => {
    const flat = sharp({ create: { width: 64, height: 64, channels: 3, background: '#bb2222' } });
    const icc = await profileOf('p3');
    expect(heifProfile(await flat.clone().withIccProfile('p3').avif().toBuffer())).to.deep.equal({ kind: 'icc', icc });
    expect(heifProfile(await flat.clone().avif().toBuffer())).to.equal(null);
    const whole = await flat.clone().withIccProfile('p3').avif().toBuffer();
    for (let end = 0; end < 700; end += 7) expect(() => heifProfile(whole.subarray(0, end)), `${end} bytes`).not.to.throw();
    expect(heifProfile(Buffer.from('no picture at all'))).to.equal(null);
  });

  it('stand where they belong for every EXIF orientation', async () => {
    const { topLeft: a, topRight: b, bottomLeft: c, bottomRight: d } = QUADRANTS;
    /** Top left, top right, bottom left, bottom right once upright. */
    const upright = {
      1: [a, b, c, d],
      2: [b, a, d, c],
      3: [d, c, b, a],
      4: [c, d, a, b],
      5: [a, c, b, d],
      6: [c, a, d, b],
      7: [d, b, c, a],
      8: [b, d, a, c],
    };
    for (const [orientation, corners] of Object.entries(upright)) {
      const stored = sharp(await quadrants(120, 80)).withMetadata({ orientation: Number(orientation) });
      const files = {
        jpg: await stored.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
        png: await stored.clone().png().toBuffer(),
        webp: await stored.clone().webp({ lossless: true }).toBuffer(),
        tif: await stored.clone().tiff({ compression: 'lzw' }).toBuffer(),
      };
      for (const [name, bytes] of Object.entries(files)) {
        const pictures = await delivered(bytes, `o.${name}`);
        for (const [way, picture] of Object.entries(pictures)) {
          const turned = Number(orientation) >= 5;
          const half = way === 'whole' || way === 'kept' ? 1 : 2;
          const what = `${name} ${orientation}, ${way}`;
          expect([picture.width, picture.height], what).to.deep.equal([(turned ? 80 : 120) / half, (turned ? 120 : 80) / half]);
          const { width, height } = picture;
          const found = [picture.at(3, 3), picture.at(width - 4, 3), picture.at(3, height - 4), picture.at(width - 4, height - 4)];
          for (const [i, corner] of corners.entries())
            expect(near(found[i] ?? [], corner), `${what}: corner ${i} is ${found[i]?.join(' ')}`).to.equal(true);
        }
      }
    }
  });
});
