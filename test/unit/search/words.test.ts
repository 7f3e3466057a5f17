import { expect } from 'chai';
import fc from 'fast-check';
import { allowedEdits, editDistance, swaps } from '../../../src/platform/search/typos.ts';
import { TextVector } from '../../../src/platform/search/postgres/words.ts';
import { fold, nameKey, nameWords, wordsOf } from '../../../src/platform/search/words.ts';

describe('search: words', () => {
  it('folds case and accents', () => {
    expect(fold('Crème BRÛLÉE Straße Łódź Ærø')).to.equal('creme brulee strasse lodz aero');
    expect(wordsOf("L'été, e-mail & 10:30!")).to.deep.equal(['l', 'ete', 'e', 'mail', '10', '30']);
    expect(wordsOf('हिन्दी 한국어 日本')).to.deep.equal([...wordsOf('हिन्दी'), '한국어', '日', '本']);
    expect(wordsOf('abc東京9')).to.deep.equal(['abc', '東', '京', '9']);
    expect(wordsOf('हिन्दी')).to.have.length(1);
  });

  it('splits names at case, digits and signs, and keeps them whole too', () => {
    expect(nameWords('IMG_HeroShot2-finalHTMLPage.jpg')).to.deep.equal([
      ['img', 'heroshot2', 'finalhtmlpage', 'jpg'],
      ['img', 'hero', 'shot', '2', 'final', 'html', 'page', 'jpg'],
    ]);
    expect(nameWords('plain name')).to.deep.equal([['plain', 'name']]);
    expect(nameWords('Cafe\u0301Latte')).to.deep.equal([['cafelatte'], ['cafe', 'latte']]);
  });

  it('sorts names the way people count', () => {
    const names = ['img-10.jpg', 'img-2.jpg', 'IMG-001.jpg', 'Über.jpg', 'alpha.jpg', 'img-2b.jpg', '9.jpg', '10.jpg'];
    const sorted = names.toSorted((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
    expect(sorted).to.deep.equal(['9.jpg', '10.jpg', 'alpha.jpg', 'IMG-001.jpg', 'img-2.jpg', 'img-2b.jpg', 'img-10.jpg', 'Über.jpg']);
  });

  it('keeps fields apart and stays inside the limits of tsvector', () => {
    const vector = new TextVector();
    vector.addName("O'Hara", 'A');
    vector.addText('b'.repeat(100), 'D');
    expect(vector.write(7)).to.equal(`'7:o':1A '7:hara':2A '7:${'b'.repeat(64)}':11`);
    const long = new TextVector();
    long.addText(Array.from({ length: 20_000 }, (_, at) => `w${at % 7000}`).join(' '), 'C');
    const text = long.write(1);
    expect(text.split(' ')).to.have.length(6000);
    expect(text).to.not.match(/:\d{6}/u);
  });

  it('reads any text without throwing, into words that need no quoting', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        for (const word of [...wordsOf(text), ...nameWords(text).flat()]) expect(word).to.match(/^[\p{L}\p{N}\p{M}]+$/u);
        expect(Buffer.byteLength(nameKey(text))).to.be.at.most(255);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('search: typing errors', () => {
  it('counts edits, a swap as one', () => {
    expect(editDistance('sunset', 'sunset', 2)).to.equal(0);
    expect(editDistance('snuset', 'sunset', 2)).to.equal(1);
    expect(editDistance('sunst', 'sunset', 2)).to.equal(1);
    expect(editDistance('photogrpaher', 'fotographer', 2)).to.equal(3);
    expect(editDistance('abc', 'xyz', 2)).to.equal(3);
  });

  it('is symmetric, zero only for equals, and bounded', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b, 2);
        expect(distance).to.equal(editDistance(b, a, 2));
        expect(distance === 0).to.equal(a === b);
        expect(distance).to.be.within(0, 3);
      }),
    );
  });

  it('forgives by length', () => {
    expect(['abc', 'abcd', 'abcdefg', 'abcdefgh', 'img2024x'].map(allowedEdits)).to.deep.equal([0, 1, 1, 2, 0]);
    expect(swaps('abca')).to.deep.equal(['baca', 'acba', 'abac']);
  });
});
