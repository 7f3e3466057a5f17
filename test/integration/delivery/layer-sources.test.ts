import { expect } from 'chai';
import sharp from 'sharp';
import { keys } from '../../../src/platform/storage/keys.ts';
import { startDelivery, WORKSPACE } from '../../support/fakes/delivery.ts';
import { near, pictureOf, quadrants } from '../../support/fixtures/pixels.ts';

/** What layers are decoded from, and how much of it there may be. */
describe('sources of layers', () => {
  let world: Awaited<ReturnType<typeof startDelivery>>;
  const mezzanine = { key: keys.derived(WORKSPACE, 'blob', 'mezzanine', 'webp'), width: 200, height: 150 };
  const ORIGINAL = [200, 0, 0];
  const MEZZANINE = [0, 0, 200];
  const flat = (width: number, height: number, [r = 0, g = 0, b = 0]: readonly number[]) =>
    sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
      .png()
      .toBuffer();

  before(async () => {
    world = await startDelivery();
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    // Told apart by colour: nobody could see otherwise which of them was read.
    world.put(mezzanine.key, await flat(200, 150, MEZZANINE));
    world.add('large.png', await flat(400, 300, ORIGINAL), { mime: 'image/png', mezzanine });
    const huge = { mime: 'image/jpeg', width: 8000, height: 7500 };
    world.add('huge.jpg', await quadrants(), huge);
    world.add('huge2.jpg', await quadrants(), huge);
    world.add('light.jpg', await quadrants(), { ...huge, mezzanine });
  });
  after(() => world?.close());

  async function middleOf(layer: string): Promise<readonly number[]> {
    const { status, headers, body } = await world.get(`/cdn/q.png?tr=l-image,i-large.png,${layer},l-end:f-png`);
    expect(status, `${layer}: ${String(headers['ik-error'])}`).to.equal(200);
    return (await pictureOf(body)).at(200, 150).slice(0, 3);
  }

  it('are the mezzanine where its pixels suffice, and the original where they do not', async () => {
    for (const [layer, colour, why] of [
      ['w-100,t-false', MEZZANINE, 'smaller'],
      ['w-200,t-false', MEZZANINE, 'as large'],
      ['w-80,h-80,t-false', MEZZANINE, 'cut after scaling'],
      ['w-300,t-false', ORIGINAL, 'larger'],
      ['t-false', ORIGINAL, 'as it is'],
      ['w-100', ORIGINAL, 'trimmed: how much is left is not known'],
      ['w-100,h-100,cm-extract,t-false', ORIGINAL, 'a cut of the unscaled picture'],
    ] as const) {
      const found = await middleOf(layer);
      expect(near(found, colour, 3), `${layer} (${why}): ${found.join(' ')}`).to.equal(true);
    }
  });

  it('may be both of one picture in one transformation, also in each other', async () => {
    const two = 'l-image,i-large.png,w-100,t-false,lx-0,ly-0,l-end,l-image,i-large.png,w-300,t-false,lx-150,ly-100,l-end';
    const nested = 'l-image,i-large.png,w-150,t-false,l-image,i-large.png,w-20,t-false,l-end,l-end';
    const { body } = await world.get(`/cdn/q.png?tr=${two}:f-png`);
    const picture = await pictureOf(body);
    expect([near(picture.at(50, 30), MEZZANINE, 3), near(picture.at(200, 150), ORIGINAL, 3)]).to.deep.equal([true, true]);
    expect((await world.get(`/cdn/q.png?tr=${nested}`)).status).to.equal(200);
  });

  it('are part of the identity of a derivative where they are what ingest made, and only there', async () => {
    const etags = async () => {
      const address = (width: number) => `/cdn/q.png?tr=l-image,i-large.png,w-${width},t-false,l-end`;
      return [(await world.get(address(60))).headers.etag, (await world.get(address(301))).headers.etag];
    };
    const before = await etags();
    const again = { ...mezzanine, key: keys.derived(WORKSPACE, 'b', 'another', 'webp') };
    world.put(again.key, await flat(200, 150, ORIGINAL));
    world.change('large.png', { mezzanine: again });
    const after = await etags();
    expect(after[0]).not.to.equal(before[0]);
    expect(after[1]).to.equal(before[1]);
    expect(near(await middleOf('w-100,t-false'), ORIGINAL, 3), 'the new one').to.equal(true);
    world.change('large.png', { mezzanine });
    expect(await etags()).to.deep.equal(before);
  });

  it('have a budget for all of them together, named with what was asked', async () => {
    const layer = (path: string, more = '') => `l-image,i-${path},w-50${more},l-end`;
    const solid = 'l-image,i-ik_canvas,w-5000,h-5000,bg-FF0000,l-end';
    const rendered = world.mediaCalls.render;
    for (const [tr, given] of [
      [`${layer('huge.jpg')},${layer('huge2.jpg')}`, 120_000_000],
      [`${layer('huge.jpg', ',t-false')},${layer('huge.jpg', ',t-false')}`, 120_000_000],
      [`l-image,i-huge.jpg,w-50,t-false,${layer('huge2.jpg')},l-end`, 120_000_000],
      [`t-true:${layer('huge.jpg')},${layer('huge2.jpg')}`, 120_000_000],
      [`if-iw_gt_1,${layer('huge.jpg')},${layer('huge2.jpg')},if-else,w-9,if-end`, 120_000_000],
      [Array(5).fill(solid).join(','), 125_000_000],
    ] as const) {
      const { status, body } = await world.get(`/cdn/q.png?tr=${tr}`);
      expect(status, tr).to.equal(422);
      expect(JSON.parse(body.toString()), tr).to.include({
        limit: 'pixels of all layers',
        given,
        allowed: 100_000_000,
        code: 'delivery_limit',
      });
    }
    expect(world.mediaCalls.render, 'nothing was opened').to.equal(rendered);
    const light = [layer('light.jpg', ',t-false'), layer('light.jpg', ',t-false'), layer('huge.jpg', ',t-false')].join(',');
    expect((await world.get(`/cdn/q.png?tr=${light}`)).status, 'the smaller ones count').to.equal(200);
  });
});
