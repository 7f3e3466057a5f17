import { expect } from 'chai';
import { accepts, negotiate } from '../../../src/modules/library/renditions/renditions.negotiation.ts';

describe('format negotiation', () => {
  const table: [accept: string | undefined, avif: boolean, webp: boolean][] = [
    [undefined, false, false],
    ['', false, false],
    ['*/*', false, false],
    ['image/*', false, false],
    ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', true, true],
    ['image/webp,*/*', false, true],
    ['image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5', false, false],
    ['image/webp;q=0,image/avif;q=0.5', true, false],
    ['image/webp;q=0.5,image/jpeg', false, false],
    ['IMAGE/WebP ; Q=0.9, image/jpeg;q=0.9', false, true],
    ['image/webp;q=nonsense', false, false],
    [`image/webp,${'x/y,'.repeat(400)}`, false, false],
  ];
  for (const [header, avif, webp] of table) {
    it(`Accept: ${(header ?? '(none)').slice(0, 60)}`, () => expect(accepts(header)).to.deep.equal({ avif, webp }));
  }

  const both = { avif: true, webp: true };
  const photo = { mime: 'image/jpeg', hasAlpha: false, animated: false };
  it('chooses for auto what the client accepts, and what everybody shows otherwise', () => {
    expect(negotiate('auto', photo, both, true)).to.equal('avif');
    expect(negotiate('auto', photo, both, false)).to.equal('webp');
    expect(negotiate('auto', photo, { avif: true, webp: false }, false)).to.equal('jpeg');
    const none = { avif: false, webp: false };
    expect(negotiate('auto', { mime: 'image/tiff', hasAlpha: true, animated: false }, none, true)).to.equal('png');
    expect(negotiate('auto', { mime: 'image/tiff', hasAlpha: null, animated: false }, none, true)).to.equal('png');
    expect(negotiate('auto', { mime: 'image/tiff', hasAlpha: false, animated: false }, none, true)).to.equal('jpeg');
    expect(negotiate('auto', { mime: 'image/gif', hasAlpha: true, animated: true }, none, true)).to.equal('gif');
    expect(negotiate('auto', { mime: 'image/gif', hasAlpha: true, animated: true }, both, true)).to.equal('webp');
  });
  it('keeps a named format, and the stored one where it can be written', () => {
    expect(negotiate('png', photo, both, true)).to.equal('png');
    expect(negotiate('orig', photo, both, true)).to.equal('jpeg');
    expect(negotiate('orig', { ...photo, mime: 'image/avif' }, both, true)).to.equal('avif');
    expect(negotiate('orig', { ...photo, mime: 'image/tiff' }, both, true)).to.equal('jpeg');
  });
});
