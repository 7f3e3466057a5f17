import { expect } from 'chai';
import { Batcher } from '../../../src/platform/queue/batcher.ts';

/** A batcher that notes what it is given, and what goes through it. */
function noting(gatherMs?: number, max = 3) {
  const batches: (readonly number[])[] = [];
  const batcher = new Batcher<number, number>(
    max,
    async (items) => {
      batches.push(items);
      return items.map((item) => item * 10);
    },
    gatherMs,
  );
  return { batches, batcher };
}

describe('Batcher', () => {
  it('does what comes while it is at work together, in order, at most so many at a time', async () => {
    const { batches, batcher } = noting();
    const answers = await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
    expect(answers).to.deep.equal([10, 20, 30, 40, 50]);
    expect(batches.flat()).to.deep.equal([1, 2, 3, 4, 5]);
    expect(Math.max(...batches.map((batch) => batch.length))).to.be.at.most(3);
  });

  it('waits for company when told to, but not once it is full', async () => {
    const { batches, batcher } = noting(60_000);
    const answers = await Promise.all([1, 2, 3].map((item) => batcher.add(item)));
    expect(answers).to.deep.equal([10, 20, 30]);
    expect(batches).to.deep.equal([[1, 2, 3]]);
  });

  it('does not wait for ever for a few', async () => {
    const { batches, batcher } = noting(5);
    expect(await Promise.all([batcher.add(1), batcher.add(2)])).to.deep.equal([10, 20]);
    expect(batches).to.deep.equal([[1, 2]]);
  });

  it('tells everybody of a failure and goes on', async () => {
    let fail = true;
    const batcher = new Batcher<number, number>(10, async (items) => {
      if (fail) throw new Error('away');
      return [...items];
    });
    const said = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
    expect(said.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    fail = false;
    expect(await batcher.add(3)).to.equal(3);
  });
});
