import { expect } from 'chai';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { quadrants } from '../../support/fixtures/pixels.ts';

/** There is no detector: what stands in for it is said, and nothing is cut around something else (ADR 0307). */
describe('focus without a detector', () => {
  let world: Awaited<ReturnType<typeof startDelivery>>;
  before(async () => {
    world = await startDelivery();
    world.add('q.png', await quadrants(), { mime: 'image/png' });
  });
  after(() => world?.close());

  const focusOf = async (tr: string) => {
    const { status, headers } = await world.get(`/cdn/q.png?tr=${tr}`);
    expect(status, tr).to.equal(200);
    return headers['damson-focus'];
  };

  it('says that faces were answered with attention', async () => {
    for (const [tr, focus] of [
      ['w-100,h-100,fo-face', 'attention'],
      ['w-300:w-100,h-100,fo-face', 'attention'],
      ['t-true:w-100,h-100,fo-face', 'attention'],
      ['l-image,i-q.png,w-50,h-50,fo-face,l-end', 'attention'],
      ['w-100,h-100,cm-extract,fo-face', 'center'],
      ['w-100,fo-face', undefined],
      ['w-100,h-100,fo-auto', undefined],
      ['w-100,h-100', undefined],
    ] as const) {
      expect(await focusOf(tr), tr).to.equal(focus);
      expect(await focusOf(tr), `${tr}, again`).to.equal(focus);
    }
    const first = await world.get('/cdn/q.png?tr=w-100,h-100,fo-face');
    const again = await world.get('/cdn/q.png?tr=w-100,h-100,fo-face', { 'if-none-match': String(first.headers.etag) });
    expect([again.status, again.headers['damson-focus']]).to.deep.equal([304, 'attention']);
  });

  it('refuses objects with 422 and words that mean nothing with 400', async () => {
    const object = await world.get('/cdn/q.png?tr=w-100,h-100,fo-trafficLight');
    expect(object.status).to.equal(422);
    expect(object.headers['ik-error']).to.equal('EUNSUPPORTED - fo-trafficLight is not available on this server');
    expect(JSON.parse(object.body.toString())).to.include({ status: 422, code: 'delivery_unsupported', parameter: 'fo-trafficLight' });
    expect((await world.get('/cdn/q.png?tr=w-100,fo-somewhere')).status).to.equal(400);
    expect((await world.get('/cdn/q.png?tr=e-bgremove')).status).to.equal(400);
  });
});
