import { expect } from 'chai';
import sharp from 'sharp';
import type { ImagePlan, PlanOp } from '../../../src/platform/media/plan.ts';
import { RasterError } from '../../../src/platform/media/raster/raster-error.ts';
import { runPlan, runPlans } from '../../../src/platform/media/raster/run-plan.ts';

const LIMIT = { maxPixels: 10_000_000 };
const RED = { r: 255, g: 0, b: 0, alpha: 1 };
const CLEAR = { r: 0, g: 0, b: 0, alpha: 0 };

const plan = (ops: PlanOp[], over: Partial<ImagePlan> = {}): ImagePlan => ({
  page: 0,
  animated: false,
  autoOrient: true,
  ops,
  encode: { format: 'png', quality: 80, metadata: 'strip' },
  ...over,
});

/** Left half black, right half white, 200x100. */
const halves = () =>
  sharp({ create: { width: 200, height: 100, channels: 3, background: '#000' } })
    .composite([{ input: { create: { width: 100, height: 100, channels: 3, background: '#fff' } }, left: 100, top: 0 }])
    .removeAlpha()
    .png()
    .toBuffer();

async function pixel(data: Buffer, x: number, y: number): Promise<number[]> {
  const { data: raw, info } = await sharp(data).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...raw.subarray(at, at + info.channels)];
}

describe('runPlan', () => {
  it('runs operations in plan order where sharp has another order', async () => {
    const input = await halves();
    const out = await runPlan(
      input,
      plan([
        { op: 'pad', left: 0, top: 0, width: 200, height: 200, background: RED },
        { op: 'scale', width: 100, height: 100 },
        { op: 'extract', left: 0, top: 25, width: 100, height: 50 },
        { op: 'rotate', degrees: 90, background: CLEAR },
        { op: 'extract', left: 0, top: 0, width: 10, height: 100 },
      ]),
      LIMIT,
    );
    expect([out.width, out.height, out.mime]).to.deep.equal([10, 100, 'image/png']);
    // The bottom of the padded picture was turned to the left: only padding is left.
    expect(await pixel(out.data, 2, 5)).to.deep.equal([255, 0, 0]);
  });

  it('orients by EXIF before everything else, with and without extract', async () => {
    const turned = await sharp(await halves())
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const scaled = await runPlan(turned, plan([{ op: 'scale', width: 50, height: 100 }]), LIMIT);
    expect([scaled.width, scaled.height]).to.deep.equal([50, 100]);
    expect((await pixel(scaled.data, 25, 10))[0]).to.be.lessThan(20);
    expect((await pixel(scaled.data, 25, 90))[0]).to.be.greaterThan(235);
    const cut = await runPlan(
      turned,
      plan([
        { op: 'scale', width: 50, height: 100 },
        { op: 'extract', left: 0, top: 60, width: 50, height: 40 },
      ]),
      LIMIT,
    );
    expect([cut.width, cut.height]).to.deep.equal([50, 40]);
    expect((await pixel(cut.data, 25, 5))[0]).to.be.greaterThan(235);
    const first = await runPlan(turned, plan([{ op: 'extract', left: 0, top: 120, width: 100, height: 80 }]), LIMIT);
    expect([first.width, first.height]).to.deep.equal([100, 80]);
    expect((await pixel(first.data, 50, 40))[0]).to.be.greaterThan(235);
  });

  it('gives 8-bit sRGB from CMYK, 16 bits and grey, also through a second stage', async () => {
    const base = sharp(await halves());
    const inputs = [
      await base.clone().toColourspace('cmyk').tiff().toBuffer(),
      await base.clone().toColourspace('rgb16').png().toBuffer(),
      await base.clone().toColourspace('b-w').png().toBuffer(),
    ];
    for (const input of inputs) {
      for (const ops of [
        [{ op: 'scale', width: 20, height: 10 }],
        [
          { op: 'pad', left: 0, top: 0, width: 200, height: 200, background: RED },
          { op: 'scale', width: 20, height: 20 },
        ],
      ] satisfies PlanOp[][]) {
        const out = await runPlan(input, plan(ops, { encode: { format: 'webp', quality: 90, metadata: 'strip' } }), LIMIT);
        const meta = await sharp(out.data).metadata();
        expect([meta.space, meta.depth, meta.icc]).to.deep.equal(['srgb', 'uchar', undefined]);
        const white = await pixel(out.data, 18, 3);
        for (const value of white.slice(0, 3)) expect(value).to.be.greaterThan(225);
      }
    }
  });

  it('flattens what a pad adds with the flatten colour', async () => {
    const out = await runPlan(
      await halves(),
      plan([
        { op: 'pad', left: 50, top: 50, width: 300, height: 200, background: CLEAR },
        { op: 'flatten', background: RED },
      ]),
      LIMIT,
    );
    expect(await pixel(out.data, 5, 5)).to.deep.equal([255, 0, 0]);
  });

  it('keeps frames when asked, within one stage', async () => {
    const frames = Buffer.concat([Buffer.alloc(40 * 40 * 3, 0), Buffer.alloc(40 * 40 * 3, 200)]);
    const gif = await sharp(frames, { raw: { width: 40, height: 80, channels: 3, pageHeight: 40 } })
      .gif()
      .toBuffer();
    const animated = plan([{ op: 'scale', width: 20, height: 20 }], {
      animated: true,
      encode: { format: 'webp', quality: 80, metadata: 'strip' },
    });
    const out = await runPlan(gif, animated, LIMIT);
    expect([out.width, out.height, (await sharp(out.data).metadata()).pages]).to.deep.equal([20, 20, 2]);
    const still = await runPlan(gif, { ...animated, animated: false, page: 1 }, LIMIT);
    expect((await pixel(still.data, 5, 5))[0]).to.be.closeTo(200, 6);
  });

  it('says why a picture cannot be made', async () => {
    const reason = async (input: Buffer, maxPixels = 1e7) =>
      runPlan(input, plan([]), { maxPixels }).then(
        () => 'made',
        (error) => (error instanceof RasterError ? error.reason : 'other'),
      );
    expect(await reason(Buffer.from('not a picture'))).to.equal('unsupported_type');
    expect(await reason((await halves()).subarray(0, 100))).to.equal('damaged');
    expect(await reason(await halves(), 19_999)).to.equal('too_large');
  });

  it('makes the same sizes and looks from one decode as from several', async () => {
    const input = await sharp(await halves())
      .resize(1000, 500)
      .jpeg({ quality: 95 })
      .toBuffer();
    const plans = [
      plan([{ op: 'scale', width: 120, height: 60 }]),
      plan([{ op: 'scale', width: 400, height: 200 }]),
      plan([{ op: 'scale', width: 390, height: 195 }]),
      plan([{ op: 'extract', left: 0, top: 0, width: 10, height: 10 }]),
    ];
    const together = await runPlans(input, plans, LIMIT);
    for (const [index, each] of plans.entries()) {
      const alone = await runPlan(input, each, LIMIT);
      const shared = together[index];
      expect([shared?.width, shared?.height]).to.deep.equal([alone.width, alone.height]);
      if (!shared) continue;
      const [a, b] = await Promise.all([sharp(shared.data).raw().toBuffer(), sharp(alone.data).raw().toBuffer()]);
      const difference = a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
      expect(difference).to.be.lessThan(3);
    }
  });
});
