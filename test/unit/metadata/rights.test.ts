import { expect } from 'chai';
import { rightsOf } from '../../../src/modules/library/metadata/metadata.rights.ts';

describe('what a file says of its rights', () => {
  it('is read from XMP, then IPTC, then EXIF', () => {
    const all = {
      'XMP-dc:Rights': 'x',
      'IPTC:CopyrightNotice': 'i',
      'IFD0:Copyright': 'e',
      'IPTC:By-line': ['a', 'b'],
      'IFD0:Artist': 'c',
    };
    expect(rightsOf(all)).to.deep.equal({ copyright: 'x', creators: ['a', 'b'] });
    expect(rightsOf({ 'IFD0:Copyright': ' (c) me ', 'IFD0:Artist': 'me' })).to.deep.equal({ copyright: '(c) me', creators: ['me'] });
  });

  it('is nothing where the file says nothing, or only spaces', () => {
    expect(rightsOf({})).to.equal(null);
    expect(rightsOf({ 'IFD0:Artist': '   ', 'IFD0:Copyright': '\u0000', 'XMP-dc:Title': 'a lake', 'GPS:GPSLatitude': '1' })).to.equal(null);
  });

  it('is bounded, and an address is whole or not there', () => {
    const rights = rightsOf({
      'XMP-dc:Rights': 'r'.repeat(5_000),
      'XMP-dc:Creator': Array.from({ length: 30 }, () => 'n'.repeat(900)),
      'XMP-cc:License': `https://example.com/${'l'.repeat(600)}`,
      'XMP-iptcExt:DigitalSourceType': 'javascript:alert(1)',
    });
    expect(rights?.copyright).to.have.length(1_000);
    expect(rights?.creators?.map((name) => name.length)).to.deep.equal(Array(10).fill(200));
    expect(rights).not.to.have.any.keys('licence', 'digitalSource');
  });
});
