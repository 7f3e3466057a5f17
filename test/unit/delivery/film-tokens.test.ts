import { expect } from 'chai';
import fc from 'fast-check';
import { mintStreamToken, readStreamToken, type StreamClaim, streamExpiry } from '../../../src/modules/library/delivery/films.token.ts';

const KEY = Buffer.alloc(32, 3);
const NOW = Date.UTC(2026, 0, 1, 1);
const HOUR = 3_600_000;
const claims: StreamClaim[] = [
  { filmId: 'f1', assetId: 'a1', version: 3, layers: [], as: { kind: 'none', mode: 'presets' }, expires: NOW + HOUR },
  { filmId: 'f1', assetId: 'a1', version: 3, layers: [], as: { kind: 'none', mode: 'open' }, expires: NOW + HOUR },
  { filmId: 'f1', assetId: 'a1', version: 3, layers: ['l1', 'l2'], as: { kind: 'signature', key: 'k1' }, expires: NOW + HOUR },
  {
    filmId: 'f1',
    assetId: 'a1',
    version: 3,
    layers: ['l1'],
    as: { kind: 'token', principal: { kind: 'user', id: 'u 1:2' } },
    expires: NOW + HOUR,
  },
];

describe('stream tokens', () => {
  it('say what they were minted for, to the workspace and under the key they were minted with, until they end', () => {
    for (const claim of claims) {
      const token = mintStreamToken(KEY, 'w1', claim);
      expect(token).to.match(/^[\w-]+\.[\w-]+$/);
      expect(readStreamToken(KEY, 'w1', token, NOW)).to.deep.equal(claim);
      expect(readStreamToken(KEY, 'w2', token, NOW)).to.equal(null);
      expect(readStreamToken(Buffer.alloc(32, 4), 'w1', token, NOW)).to.equal(null);
      expect(readStreamToken(KEY, 'w1', token, claim.expires)).to.equal(null);
    }
  });

  it('are refused where they are as long, and of other letters', () => {
    const token = mintStreamToken(KEY, 'w1', claims[0] as StreamClaim);
    expect(readStreamToken(KEY, 'w1', `${token.slice(0, -1)}ä`, NOW)).to.equal(null);
  });

  it('survive no change', () => {
    const token = mintStreamToken(KEY, 'w1', claims[0] as StreamClaim);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '.', '0'), (at, letter) => {
        const other = token.slice(0, at) + letter + token.slice(at + 1);
        return other === token || readStreamToken(KEY, 'w1', other, NOW) === null;
      }),
    );
    for (const text of ['', '.', token.slice(0, -1), `${token}.x`]) expect(readStreamToken(KEY, 'w1', text, NOW)).to.equal(null);
  });

  it('end at a sixth hour with at least two to go, and never after the right to the film', () => {
    fc.assert(
      fc.property(fc.integer({ min: NOW, max: NOW + 100 * HOUR }), (now) => {
        const end = streamExpiry(null, now);
        return end % (6 * HOUR) === 0 && end - now >= 2 * HOUR && end - now <= 8 * HOUR;
      }),
    );
    expect(streamExpiry(new Date(NOW + 5), NOW)).to.equal(NOW + 5);
  });
});
