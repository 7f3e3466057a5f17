import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { refusedSize } from '../../../src/platform/media/limits.ts';
import { sniff } from '../../../src/platform/media/sniff.ts';
import { cameraRaw } from '../../../src/platform/media/tiff-raw.ts';
import { rootElement } from '../../../src/platform/media/xml-root.ts';
import { goodSvg } from '../../support/fixtures/svg.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const ftyp = (...brands: string[]): Buffer => {
  const [major = '', ...compatible] = brands;
  return latin(`\0\0\0${String.fromCharCode(16 + compatible.length * 4)}ftyp${major}\0\0\0\0${compatible.join('')}`);
};

describe('sniff', () => {
  const cases: [string, Buffer, string, string, string][] = [
    ['an AVIF by a compatible brand', ftyp('mif1', 'mif1', 'avif'), 'x', 'raster', 'image/avif'],
    ['a HEIC', ftyp('heic', 'mif1', 'heic'), 'x', 'heic', 'image/heic'],
    ['a Canon raw', ftyp('crx '), 'x', 'raw', 'image/x-canon-cr3'],
    ['an MP4', ftyp('isom', 'iso2', 'mp41'), 'x', 'av', 'video/mp4'],
    ['a QuickTime film', ftyp('qt  '), 'x', 'av', 'video/quicktime'],
    ['an old QuickTime film', latin('\0\0\x10\0moov'), 'x', 'av', 'video/quicktime'],
    ['a WebM', latin('\x1a\x45\xdf\xa3....webm'), 'x', 'av', 'video/webm'],
    ['a PDF after rubbish', latin('rubbish\n%PDF-1.7'), 'x', 'pdf', 'application/pdf'],
    ['an MP3 without tags', Buffer.from([0xff, 0xfb, 0x90, 0x00]), 'x', 'av', 'audio/mpeg'],
    ['an SVG', Buffer.from(goodSvg), 'x.txt', 'svg', 'image/svg+xml'],
    ['a compressed SVG', gzipSync(goodSvg), 'x', 'svg', 'image/svg+xml'],
    ['an SVG in UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<svg/>', 'utf16le')]), 'x', 'svg', 'image/svg+xml'],
    ['HTML called .svg', latin('<html><svg></svg></html>'), 'x.svg', 'stored', 'application/octet-stream'],
    ['a spreadsheet of words', latin('a,b\n1,2'), 'x.CSV', 'stored', 'text/csv'],
    ['words called .jpg', latin('words'), 'x.jpg', 'stored', 'application/octet-stream'],
    ['a font', latin('wOF2....'), 'x', 'stored', 'font/woff2'],
    ['a RIFF of no known kind', latin('RIFF....ACON'), 'x', 'stored', 'application/octet-stream'],
    ['nothing', Buffer.alloc(0), 'x.jpg', 'empty', 'application/octet-stream'],
  ];
  for (const [what, head, name, family, mime] of cases) {
    it(`takes ${what} for ${mime}`, () => expect(sniff(head, name)).to.include({ family, mime }));
  }

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.string(), (bytes, name) => {
        expect(sniff(Buffer.from(bytes), name).mime).to.match(/^[a-z]+\/[a-z0-9.+-]+$/);
      }),
    );
  });
});

describe('rootElement', () => {
  it('finds the root past everything that may stand before it', () => {
    expect(rootElement('<a:svg xmlns:a="x">')).to.equal('svg');
    expect(rootElement('<!DOCTYPE svg [<!ENTITY a "]>"> <!ENTITY b "[">]><svg/>')).to.equal('svg');
    expect(rootElement('<!-- <svg> --><html>')).to.equal('html');
  });
  it('gives null for what is no XML or never ends its prolog', () => {
    for (const text of ['', 'svg', '<!-- open', '<?xml', '<!DOCTYPE svg [', '< svg']) expect(rootElement(text), text).to.equal(null);
  });
});

/** A little-endian TIFF directory of SHORT and LONG values. */
function directory(tags: readonly (readonly [number, number])[]): Buffer {
  const out = Buffer.alloc(10 + tags.length * 12 + 16);
  out.write('II*\0', 0, 'latin1');
  out.writeUInt32LE(8, 4);
  out.writeUInt16LE(tags.length, 8);
  for (const [index, [tag, value]] of tags.entries()) {
    out.writeUInt16LE(tag, 10 + index * 12);
    out.writeUInt16LE(4, 12 + index * 12);
    out.writeUInt32LE(1, 14 + index * 12);
    out.writeUInt32LE(value, 18 + index * 12);
  }
  return out;
}

describe('cameraRaw', () => {
  it('tells camera raws from plain TIFF', () => {
    expect(cameraRaw(directory([[0x100, 640]]))).to.equal(null);
    const scan: [number, number][] = [
      [0x100, 640],
      [0x10f, 99],
    ]; // a scanner names its maker too
    expect(cameraRaw(directory(scan))).to.equal(null);
    const nikon: [number, number][] = [
      [0xfe, 1],
      [0x10f, 99],
      [0x14a, 200],
    ];
    expect(cameraRaw(directory(nikon))?.mime).to.equal('image/x-raw');
    expect(cameraRaw(directory([[0xc612, 1]]))?.extension).to.equal('dng');
    expect(cameraRaw(latin('II*\0\x08\0\0\0'))).to.equal(null);
  });
});

describe('refusedSize', () => {
  it('lets real pictures pass and names both reasons', () => {
    expect(refusedSize(24e6, 8e6, 100e6)).to.equal(null);
    expect(refusedSize(400e6, 90e6, 100e6)).to.equal(null);
    expect(refusedSize(90e6, 1000, 100e6)).to.equal(null);
    expect(refusedSize(900e6, 100_000, 100e6)).to.contain('no real picture');
    expect(refusedSize(2e9, 500e6, 100e6)).to.contain('at most');
  });
});
