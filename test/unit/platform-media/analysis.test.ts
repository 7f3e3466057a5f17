import { expect } from 'chai';
import sharp from 'sharp';
import { analyze } from '../../../src/platform/media/raster/analyze.ts';
import { colourName, dominantColours } from '../../../src/platform/media/raster/colours.ts';
import { assertFormats, EXPECTED_INPUT_FORMATS, inputFormats } from '../../../src/platform/media/raster/loaders.ts';
import { jpeg, scene } from '../../support/fixtures/images.ts';

const rgb = (hex: string): [number, number, number] => [
  Number.parseInt(hex.slice(0, 2), 16),
  Number.parseInt(hex.slice(2, 4), 16),
  Number.parseInt(hex.slice(4, 6), 16),
];

describe('colourName', () => {
  const NAMES: Record<string, string> = {
    ff0000: 'red',
    dc143c: 'red',
    '8b0000': 'red',
    ffa500: 'orange',
    ff8c00: 'orange',
    ffff00: 'yellow',
    ffd700: 'yellow',
    '00ff00': 'green',
    '228b22': 'green',
    '008080': 'teal',
    '00ffff': 'teal',
    '0000ff': 'blue',
    '000080': 'blue',
    '87ceeb': 'blue',
    '4b0082': 'purple',
    '800080': 'purple',
    ff69b4: 'pink',
    ffc0cb: 'pink',
    '8b4513': 'brown',
    d2b48c: 'brown',
    '6b4a2b': 'brown',
    '000000': 'black',
    '101010': 'black',
    '808080': 'grey',
    c0c0c0: 'grey',
    ffffff: 'white',
    fffafa: 'white',
  };
  for (const [hex, name] of Object.entries(NAMES)) it(`#${hex} is ${name}`, () => expect(colourName(...rgb(hex))).to.equal(name));
});

describe('dominantColours', () => {
  it('gives shares of the opaque part, largest first', () => {
    const pixels = [...Array(60).fill([255, 0, 0, 255]), ...Array(40).fill([0, 0, 255, 255]), ...Array(100).fill([0, 255, 0, 0])].flat();
    expect(dominantColours(Uint8Array.from(pixels))).to.deep.equal([
      { hex: '#ff0000', name: 'red', share: 0.6 },
      { hex: '#0000ff', name: 'blue', share: 0.4 },
    ]);
  });
  it('is empty for a transparent picture', () => expect(dominantColours(new Uint8Array(400))).to.deep.equal([]));
});

describe('the perceptual hash', () => {
  const hash = async (bytes: Buffer) => BigInt(`0x${(await analyze(bytes, 1e8)).phash}`);
  const bits = (a: bigint, b: bigint) => [...(a ^ b).toString(2)].filter((bit) => bit === '1').length;

  it('hardly changes by scaling, recompression and brightness, and much by another picture', async () => {
    const original = await hash(await jpeg(640, 480));
    const variants = [
      await scene(200, 150).webp({ quality: 40 }).toBuffer(),
      await sharp(await jpeg(640, 480))
        .modulate({ brightness: 1.15 })
        .jpeg({ quality: 50 })
        .toBuffer(),
    ];
    for (const variant of variants) expect(bits(original, await hash(variant))).to.be.at.most(8);
    expect(
      bits(
        original,
        await hash(
          await sharp(await jpeg())
            .flop()
            .toBuffer(),
        ),
      ),
    ).to.be.greaterThan(16);
  });
});

describe('the loader list', () => {
  it('is what this sharp brings', () => {
    expect(inputFormats()).to.deep.equal(EXPECTED_INPUT_FORMATS);
    expect(() => assertFormats()).not.to.throw();
  });
  it('refuses a libvips that can open more', () => {
    expect(() => assertFormats([...EXPECTED_INPUT_FORMATS, 'magick'])).to.throw(/magick/);
  });
});
