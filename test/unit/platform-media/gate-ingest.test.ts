import { expect } from 'chai';
import { isError } from '../../../src/errors.ts';
import { Gate } from '../../../src/platform/media/gate.ts';
import { count } from '../../../src/platform/media/raster/pixels.ts';

describe('ingest before a gate that is full', () => {
  it('waits as long as its signal lets it, not as long as a live request would', async () => {
    const gate = new Gate({ slots: 1, maxWaiting: 10 });
    const { signal } = new AbortController();
    const release = await gate.enter({ lane: 'ingest', signal, waitMs: 1 });
    // The extra slot for live requests.
    const extra = await gate.enter({ lane: 'live', signal, waitMs: 1 });
    const caller = new AbortController();
    const patient = gate.enter({ lane: 'ingest', signal, waitMs: 1 });
    const gone = gate.enter({ lane: 'ingest', signal: caller.signal, waitMs: 1 }).catch((error: unknown) => error);
    // Its time began later and is longer: when it is over, that of the others would be.
    const late = await gate.enter({ lane: 'live', signal, waitMs: 30 }).catch((error: unknown) => error);
    expect(isError(late, 'media_busy')).to.equal(true);
    caller.abort(new Error('told to stop'));
    expect(await gone).to.have.property('message', 'told to stop');
    extra();
    release();
    (await patient)();
    expect(gate.load).to.deep.equal({ running: 0, waiting: 0 });
  });
});

describe('few colours', () => {
  const picture = (colours: number, alpha = 255) =>
    Uint8Array.from({ length: 4 * 1000 }, (_, at) => {
      const colour = Math.floor(at / 4) % colours;
      return [colour & 255, colour >> 8, 7, alpha][at % 4] ?? 0;
    });

  it('are as many as a palette holds', () => {
    expect(count(picture(256))).to.deep.equal({ hasAlpha: false, fewColours: true });
    expect(count(picture(257))).to.deep.equal({ hasAlpha: false, fewColours: false });
    expect(count(picture(257, 254))).to.deep.equal({ hasAlpha: true, fewColours: false });
  });
});
