import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { RunningHashes } from '../../../src/modules/library/uploads/uploads.hashes.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

describe('running hashes', () => {
  it('go on where they stand, and only there', () => {
    const hashes = new RunningHashes();
    const first = hashes.take('a', 0);
    first?.update('one');
    if (first) hashes.keep('a', first, 3, now);
    const second = hashes.take('a', 3);
    expect(second).to.equal(first);
    second?.update('two');
    if (second) hashes.keep('a', second, 6, now);
    expect(hashes.digest('a', 6)).to.equal(sha('onetwo'));
    expect(hashes.digest('a', 6), 'once').to.equal(null);
    expect(hashes.take('b', 5), 'never seen').to.equal(null);
  });

  it('are forgotten while bytes are on their way: what is not stored is in no hash', () => {
    const hashes = new RunningHashes();
    const hash = hashes.take('a', 0);
    if (hash) hashes.keep('a', hash, 3, now);
    hashes.take('a', 3)?.update('never stored');
    expect([hashes.take('a', 3), hashes.digest('a', 3), hashes.size]).to.deep.equal([null, null, 0]);
  });

  it('of another length are none', () => {
    const hashes = new RunningHashes();
    hashes.keep('a', createHash('sha256').update('one'), 3, now);
    expect(hashes.digest('a', 4)).to.equal(null);
  });

  it('do not pile up: uploads that ended, ran out, or are too many', () => {
    const hashes = new RunningHashes();
    const hash = () => createHash('sha256');
    hashes.keep('given up', hash(), 1, now);
    hashes.drop('given up');
    expect(hashes.size).to.equal(0);
    hashes.keep('old', hash(), 1, now);
    hashes.keep('newer', hash(), 1, later(5));
    hashes.keep('newest', hash(), 1, later(8));
    expect(hashes.size).to.equal(2);
    for (let i = 0; i < 10_050; i++) hashes.keep(`many ${i}`, hash(), 1, later(8));
    expect(hashes.size).to.equal(10_000);
    expect(hashes.take('many 10049', 1)).to.not.equal(null);
  });
});
