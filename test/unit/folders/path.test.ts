import { expect } from 'chai';
import fc from 'fast-check';
import {
  isReservedAtRoot,
  joinPath,
  nameKey,
  numbered,
  pathParts,
  splitExtension,
} from '../../../src/modules/library/folders/folders.path.ts';

describe('names and paths of folders and files', () => {
  it('makes a safe key of a name and keeps what people see', () => {
    expect(nameKey('hero.jpg')).to.equal('hero.jpg');
    expect(nameKey('  Sommer/Herbst\\Winter.jpg ')).to.equal('Sommer_Herbst_Winter.jpg');
    expect(nameKey('a\u0000b\u0007c')).to.equal('a_b_c');
    expect(nameKey('u\u0308ber')).to.equal('über');
    for (const nothing of ['', '   ', '.', '..', '...']) expect(nameKey(nothing)).to.equal('unnamed');
  });

  it('shortens to 255 bytes and keeps the extension', () => {
    const long = nameKey(`${'ä'.repeat(300)}.jpeg`);
    expect(Buffer.byteLength(long)).to.be.at.most(255);
    expect(long).to.match(/ä\.jpeg$/);
  });

  it('holds for any text: at most 255 bytes, no separators or control characters, stable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (raw) => {
        const key = nameKey(raw);
        expect(Buffer.byteLength(key)).to.be.within(1, 255);
        // biome-ignore lint: control characters are the point
        expect(key).to.not.match(/[\u0000-\u001f\u007f/\\]/);
        expect(key).to.not.match(/^\.+$/);
        expect(nameKey(key)).to.equal(key);
      }),
    );
  });

  it('numbers names before their extension', () => {
    expect(numbered('hero.jpg', 2)).to.equal('hero-2.jpg');
    expect(numbered('README', 3)).to.equal('README-3');
    expect(numbered('.env', 2)).to.equal('.env-2');
    expect(splitExtension('a.tar.gz')).to.deep.equal({ stem: 'a.tar', extension: '.gz' });
    expect(Buffer.byteLength(numbered(`${'x'.repeat(250)}.jpg`, 1234))).to.be.at.most(255);
  });

  it('reads paths, refusing to climb', () => {
    expect(pathParts('/a//b/')).to.deep.equal(['a', 'b']);
    expect(pathParts('')).to.deep.equal([]);
    expect(pathParts('/a/../b')).to.equal(null);
    expect(pathParts('./a')).to.equal(null);
    expect(joinPath('/', 'a')).to.equal('/a');
    expect(joinPath('/a', 'b')).to.equal('/a/b');
  });

  it('knows what the delivery grammar needs at the root', () => {
    for (const name of ['w', '@x', 'tr:w-1', 'ik-seo', '~tmp']) expect(isReservedAtRoot(name), name).to.equal(true);
    for (const name of ['web', 'W2', 'x@y', 'track']) expect(isReservedAtRoot(name), name).to.equal(false);
  });
});
