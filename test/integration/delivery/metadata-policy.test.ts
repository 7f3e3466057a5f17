import { expect } from 'chai';
import sharp from 'sharp';
import { decodeFailed, mediaBusy, type PreviewReason } from '../../../src/platform/media/media.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { quadrants } from '../../support/fixtures/pixels.ts';

/** What cannot be copied is a refusal where the address asked for it, and no reason to withhold a picture where a policy did (ADR 0311). */
describe('metadata that cannot be copied', () => {
  let world: Awaited<ReturnType<typeof startDelivery>>;
  let perl = true;
  let refusal: Error;
  before(async () => {
    world = await startDelivery();
    world.media.copiesTags = async () => perl;
    world.media.copyTags = async () => {
      throw refusal;
    };
    const rights = { copyright: '© 2026 Damson' };
    world.add(
      'a.jpg',
      await sharp(await quadrants(60, 40))
        .jpeg()
        .toBuffer(),
      { width: 60, height: 40, releaseOriginal: true, rights },
    );
    world.seen.metadata = 'all';
  });
  after(() => world?.close());

  const failed = (reason: PreviewReason) => decodeFailed({ detail: 'It did not work.', extra: { reason } });

  it('leaves the rights where the policy is all', async () => {
    for (const [index, reason] of (['damaged', 'timeout', 'unsupported_type'] as const).entries()) {
      refusal = failed(reason);
      const { status, body, headers } = await world.get(`/cdn/a.jpg?tr=w-${20 + index},f-jpg`);
      expect(status, `${reason} ${headers['ik-error']}`).to.equal(200);
      expect(String((await sharp(body).metadata()).xmp), reason).to.contain('© 2026 Damson');
    }
  });

  it('is 422 where the address asks, also after the policy was content with less', async () => {
    refusal = failed('damaged');
    expect((await world.get('/cdn/a.jpg?tr=w-30,f-jpg')).status).to.equal(200);
    const asked = await world.get('/cdn/a.jpg?tr=w-30,f-jpg,md-true');
    expect([asked.status, String(asked.headers['ik-error']).split(' ')[0]]).to.deep.equal([422, 'EDECODE']);
  });

  it('is an outage where it is one', async () => {
    refusal = mediaBusy({ headers: { 'Retry-After': '2' } });
    expect((await world.get('/cdn/a.jpg?tr=w-31,f-jpg')).status).to.equal(503);
  });

  it('is the derivative of the policy rights without perl, and another one with it', async () => {
    refusal = failed('tool_missing');
    const etag = async () => {
      // Settings have changed: nothing is answered from memory.
      world.name('nobody', null);
      const { status, headers } = await world.get('/cdn/a.jpg?tr=w-32,f-jpg');
      expect(status).to.equal(200);
      return headers.etag;
    };
    perl = false;
    const without = await etag();
    expect((await world.get('/cdn/a.jpg?tr=w-33,f-jpg,md-true')).status).to.equal(422);
    perl = true;
    const having = await etag();
    world.seen.metadata = 'rights';
    const rights = await etag();
    world.seen.metadata = 'all';
    expect(without).to.equal(rights);
    expect(having).not.to.equal(rights);
  });
});
