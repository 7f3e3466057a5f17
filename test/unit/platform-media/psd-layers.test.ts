import { type LayerMaskData, writePsdBuffer } from 'ag-psd';
import { expect } from 'chai';
import { RasterError } from '../../../src/platform/media/raster/raster-error.ts';
import { psdLayers } from '../../../src/platform/media/risky/psd-layers.ts';
import { near, pictureOf } from '../../support/fixtures/pixels.ts';
import { area, BLUE, CLEAR, GREY, layer, RED, WHITE, type Rgba } from '../../support/fixtures/psd.ts';

/** What lies between the pixels of a layer and the picture: masks, fill, groups; and that many small ones take little. */

const halfMask = (left: number, right: number, more: LayerMaskData = {}): LayerMaskData => ({
  ...{ left, top: 0, right, bottom: 40, defaultColor: 0, imageData: area(right - left, 40, WHITE) },
  ...more,
});

/**
 * What is between a layer and the picture. Pages: 2 sky; 3 in a group whose mask shows the left half; 4 in a group that multiplies; 5 half filled; 6 with a
 * mask of half density on the right; 7 multiplied within a group of its own; 8 with a soft mask; 9 beyond the picture.
 */
function groups(): Buffer {
  return writePsdBuffer({
    ...{ width: 60, height: 40, imageData: area(60, 40, GREY) },
    children: [
      layer('sky', 0, 0, 60, 40, BLUE),
      { name: 'shown', mask: halfMask(0, 30), children: [layer('a', 0, 0, 60, 40, RED, { mask: halfMask(0, 60) })] },
      { name: 'dark', blendMode: 'multiply', children: [layer('b', 0, 0, 60, 40, RED)] },
      layer('filled', 0, 0, 60, 40, RED, { fillOpacity: 0.5 }),
      layer('dense', 0, 0, 60, 40, RED, { mask: halfMask(0, 30, { userMaskDensity: 0.5 }) }),
      { name: 'own', blendMode: 'normal', children: [layer('c', 0, 0, 60, 40, GREY, { blendMode: 'multiply' })] },
      layer('soft', 0, 0, 60, 40, RED, { mask: halfMask(0, 30, { userMaskFeather: 4 }) }),
      layer('out', 70, 0, 10, 10, RED),
    ],
  });
}

/** 200 labels on a large picture, each of its own grey; every second one leaves the picture. */
function many(): Buffer {
  const children = Array.from({ length: 200 }, (_, n) =>
    layer(`${n}`, n % 2 ? 3995 : 20 * n - 5, 20 * n - 5, 10, 10, [n, 100, 200, 255] as const),
  );
  return writePsdBuffer({ width: 4000, height: 4000, children });
}

describe('layers of a PSD, alone and together', function () {
  this.timeout(30_000);
  const GROUPS = groups();
  const drawn = async (bytes: Buffer, pages: readonly number[]) => pictureOf(await (await psdLayers(bytes, pages)).png().toBuffer());
  const mixed = (a: Rgba, b: Rgba, share: number): number[] => a.map((value, i) => Math.round(value * share + (b[i] ?? 0) * (1 - share)));
  const HALF: Rgba = [200, 30, 30, 128];
  const GROUPED: [pages: readonly number[], left: readonly number[], right: readonly number[]][] = [
    [[3], RED, CLEAR],
    [[2, 3], RED, BLUE],
    [[4], RED, RED],
    [[5], HALF, HALF],
    [[2, 5], mixed(RED, BLUE, 0.5), mixed(RED, BLUE, 0.5)],
    [[6], RED, HALF],
    [[2, 6], RED, mixed(RED, BLUE, 0.5)],
    [[7], GREY, GREY],
    [[9], CLEAR, CLEAR],
    [[2, 9], BLUE, BLUE],
  ];
  for (const [pages, left, right] of GROUPED) {
    it(`heeds masks, fill and groups: ${pages.join()}`, async () => {
      const made = await drawn(GROUPS, pages);
      for (const [x, colour] of [
        [10, left],
        [50, right],
      ] as const) {
        const seen = made.at(x, 20);
        expect(colour[3] === 0 ? seen[3] === 0 : near(seen, colour, 5), `${x}: ${seen.join(' ')}`).to.equal(true);
      }
    });
  }

  it('does not guess what a group does to others, nor a soft edge', async () => {
    for (const pages of [[2, 4], [2, 7], [8]]) {
      const error: unknown = await psdLayers(GROUPS, pages).catch((reason: unknown) => reason);
      expect(error, pages.join()).to.be.instanceOf(RasterError).with.property('reason', 'unsupported_type');
    }
  });

  it('draws many small layers of a large picture with no sheet for each', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const made = await psdLayers(
      many(),
      Array.from({ length: 200 }, (_, n) => n + 2),
    );
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(2 ** 30);
    const data = await made.raw().toBuffer();
    const at = (x: number, y: number) => [...data.subarray((y * 4000 + x) * 4, (y * 4000 + x + 1) * 4)];
    for (const n of [2, 50, 198]) {
      expect(at(20 * n, 20 * n), `${n}`).to.deep.equal([n, 100, 200, 255]);
      expect(at(20 * n + 20, 20 * n)[3], `beside ${n}`).to.equal(0);
    }
    for (const n of [51, 199]) expect(at(3999, 20 * n), `${n}`).to.deep.equal([n, 100, 200, 255]);
  });
});
