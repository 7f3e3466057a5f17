import { expect } from 'chai';
import { checkParts, partCount, partsFrom } from '../../../src/modules/library/uploads/uploads.parts.ts';

describe('parts of a file', () => {
  it('are of one length, but the last', () => {
    const file = { bytes: 25, partBytes: 10 };
    expect(partCount(25, 10)).to.equal(3);
    expect(partsFrom(file, 1, 50)).to.deep.equal([
      { number: 1, bytes: 10 },
      { number: 2, bytes: 10 },
      { number: 3, bytes: 5 },
    ]);
    expect(partsFrom(file, 2, 1)).to.deep.equal([{ number: 2, bytes: 10 }]);
    expect(partsFrom(file, 4, 1)).to.deep.equal([]);
    expect(partsFrom({ bytes: 20, partBytes: 10 }, 1, 50).map(({ bytes }) => bytes)).to.deep.equal([10, 10]);
    expect(partsFrom({ bytes: 1, partBytes: 10 }, 1, 50)).to.deep.equal([{ number: 1, bytes: 1 }]);
  });

  it('are whole when number, length and tag are those of the store', () => {
    const expected = partsFrom({ bytes: 25, partBytes: 10 }, 1, 50);
    const stored = expected.map((part) => ({ ...part, etag: `t${part.number}` }));
    const sent = stored.map(({ number, etag }) => ({ number, etag: number === 2 ? ` "${etag}" ` : etag }));
    expect(checkParts(expected, stored, sent)).to.deep.equal({ parts: stored, missing: [], wrong: [] });
    expect(checkParts(expected, [...stored, { number: 4, bytes: 9, etag: 't4' }], sent).parts, 'no part beyond the last').to.deep.equal(
      stored,
    );
  });

  it('are told apart by what is wrong with them', () => {
    const expected = partsFrom({ bytes: 50, partBytes: 10 }, 1, 50);
    const stored = [
      { number: 1, bytes: 10, etag: 't1' },
      { number: 2, bytes: 9, etag: 't2' },
      { number: 3, bytes: 10, etag: 't3' },
      { number: 4, bytes: 10, etag: 't4' },
    ];
    const sent = [1, 2, 3, 5].map((number) => ({ number, etag: number === 3 ? 'other' : `t${number}` }));
    const { parts, missing, wrong } = checkParts(expected, stored, sent);
    expect([parts.map(({ number }) => number), missing, wrong]).to.deep.equal([[1], [5], [2, 3, 4]]);
  });
});
