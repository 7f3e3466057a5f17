import { expect } from 'chai';
import fc from 'fast-check';
import { facetValue, placeOf, toRow } from '../../../src/platform/search/meilisearch/row.ts';
import { filterOf, quote, visibleFilter } from '../../../src/platform/search/meilisearch/filter.ts';
import { qOf } from '../../../src/platform/search/meilisearch/q.ts';
import { textQuery } from '../../../src/platform/search/terms.ts';
import { document } from '../../contract/search.suite.ts';

describe('meilisearch: filters', () => {
  it('quotes any value so that it stays one', () => {
    expect(quote('beach')).to.equal('"beach"');
    expect(quote('x" OR tenant != "me')).to.equal('"x\\u{22} OR tenant != \\u{22}me"');
    expect(quote('back\\slash\\')).to.equal('"back\\u{5c}slash\\u{5c}"');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const inside = quote(value).slice(1, -1);
        // Every quote and backslash that is left begins an escape by number.
        expect(inside.replace(/\\u\{[0-9a-f]+\}/gu, '')).to.not.match(/["'\\\p{Cc}\p{Cs}]/u);
        expect(JSON.parse(`"${inside.replace(/\\u\{([0-9a-f]+)\}/gu, (_, hex: string) => `\\u${hex.padStart(4, '0')}`)}"`)).to.equal(
          value.toWellFormed(),
        );
      }),
    );
  });

  it('writes every node of the tree', () => {
    expect(filterOf({ op: 'any', field: 'colour', values: ['red', 'blue'] })).to.equal('colours IN ["red", "blue"]');
    expect(filterOf({ op: 'any', field: 'kind', values: [] })).to.equal('kind IN []');
    expect(filterOf({ op: 'range', field: 'width', gte: 800, lt: 1600.5 })).to.equal('(width >= "800") AND (width < "1600.5")');
    expect(filterOf({ op: 'range', field: 'taken' })).to.equal('taken EXISTS');
    expect(filterOf({ op: 'range', field: 'bytes', lte: Infinity })).to.equal('(bytes EXISTS)');
    expect(filterOf({ op: 'range', field: 'bytes', gt: Infinity })).to.equal('(id IN [])');
    expect(filterOf({ op: 'not', filter: { op: 'and', filters: [] } })).to.equal('NOT (id EXISTS)');
  });

  it('never leaves the permission filter out', () => {
    expect(visibleFilter(null)).to.deep.equal(['deleted = false']);
    expect(visibleFilter([])).to.deep.equal(['deleted = false', ['place IN []']]);
    expect(visibleFilter(['a', 'b'])).to.deep.equal(['deleted = false', ['place IN ["a", "b"]']]);
    const many = Array.from({ length: 250 }, (_, at) => `folder-${at}`);
    const [, pieces] = visibleFilter(many);
    expect(pieces).to.have.length(3);
    expect(many.filter((folder) => !String(pieces).includes(`"${folder}"`))).to.deep.equal([]);
  });

  it('names every folder by a short name of its own', () => {
    expect(placeOf('01890000-0000-7000-8000-00000000000a')).to.equal('AYkAAAAAcACAAAAAAAAACg');
    fc.assert(fc.property(fc.uuid(), fc.uuid(), (a, b) => (a === b) === (placeOf(a) === placeOf(b))));
  });

  it('tells long values apart and keeps short ones', () => {
    expect(facetValue('Summer Sale')).to.equal('Summer Sale');
    const long = 'ä'.repeat(290);
    expect(facetValue(long)).to.not.equal(facetValue(`${long}x`));
    expect(facetValue(long.toUpperCase()).toLowerCase()).to.equal(facetValue(long));
    expect(Buffer.byteLength(facetValue(long).normalize('NFKD'))).to.be.below(479);
  });
});

describe('meilisearch: text', () => {
  const none = new Map();
  const q = (query: { words?: string[]; phrases?: string[]; notWords?: string[] }, ranked = true) =>
    qOf(textQuery({ words: [], phrases: [], notWords: [], ...query }), none, ranked);

  it('leaves words to the filter unless they rank', () => {
    expect(q({ words: ['golden', 'sunset'] }, false)).to.equal(null);
    expect(q({ words: ['Golden', 'sunset'] })).to.equal('"golden" sunset');
    expect(q({ words: ['a'] }), 'too short for a beginning').to.equal('"a"');
  });

  it('says phrases and what they exclude, exclusions first', () => {
    expect(q({ phrases: ['golden hour'], notWords: ['red sea', 'rain'], words: ['boat'] }, false)).to.equal('-"red sea" "golden hour"');
    expect(q({ words: ['hero-shot', 'jpg-xy'] })).to.equal('"hero shot" "jpg" xy');
  });

  it('keeps within the ten parts that are read, phrases before words', () => {
    const words = Array.from({ length: 12 }, (_, at) => `w${String.fromCharCode(97 + at)}`);
    const said = q({ words, phrases: ['last one'] }) ?? '';
    expect(said.startsWith('"last one" "wa"')).to.equal(true);
    expect(said.split('" "')).to.have.length(10);
  });

  it('has every word of the text in the list that filters, each once', () => {
    const row = toRow(document({ name: 'IMG_HeroShot2.jpg', title: 'Hero', tags: ['Hero'], text: 'hero jpg end' }));
    expect(row['words']).to.deep.equal(['img', 'heroshot2', 'jpg', 'hero', 'shot', '2', 'end']);
    expect(row['textA']).to.include.members(['img heroshot2 jpg', 'img hero shot 2 jpg', 'hero']);
    expect(Object.values(row)).to.not.include(null);
  });
});
