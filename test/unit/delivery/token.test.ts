import { expect } from 'chai';
import { mintToken, type PreviewClaim, verifyToken } from '../../../src/modules/library/delivery/delivery.token.ts';

const KEY = Buffer.alloc(32, 1);
const HOUR = 3_600_000;
const CLAIM: PreviewClaim = {
  workspaceId: 'w1',
  principal: { kind: 'user', id: 'abc:DEF' },
  assetId: '01890000-0000-7000-8000-00000000000a',
  recipes: 'thumbnail',
};

describe('preview tokens', () => {
  const now = 100 * 6 * HOUR + 1;
  const token = mintToken(KEY, CLAIM, now);

  it('say what they were made for, until the next sixth hour', () => {
    expect(verifyToken(KEY, 'w1', token, now)).to.deep.equal({ ...CLAIM, expires: new Date(101 * 6 * HOUR) });
    expect(mintToken(KEY, CLAIM, now + 4 * HOUR)).to.equal(token);
    expect(mintToken(KEY, CLAIM, now + 5 * HOUR)).to.not.equal(token);
    expect(verifyToken(KEY, 'w1', token, 101 * 6 * HOUR - 1)).to.not.equal(null);
    expect(verifyToken(KEY, 'w1', token, 101 * 6 * HOUR)).to.equal(null);
  });

  it('hold for one workspace and one key', () => {
    expect(verifyToken(KEY, 'w2', token, now)).to.equal(null);
    expect(verifyToken(Buffer.alloc(32, 2), 'w1', token, now)).to.equal(null);
  });

  it('do not survive any change', () => {
    for (let at = 0; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === 'a' ? 'b' : 'a'}${token.slice(at + 1)}`;
      const read = verifyToken(KEY, 'w1', changed, now);
      expect(read, `changed at ${at}`).to.equal(null);
    }
    for (const bad of ['', '.', 'x'.repeat(5000), `${token}.`, token.replaceAll('.', '')])
      expect(verifyToken(KEY, 'w1', bad, now)).to.equal(null);
  });
});
