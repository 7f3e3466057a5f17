import { expect } from 'chai';
import { nameText, plainValues, readMetadata, readTags, readTusTarget } from '../../../src/modules/library/uploads/uploads.target.ts';
import { isError } from '../../../src/errors.ts';

const refused = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return isError(error, 'invalid_request');
  }
  return false;
};

describe('what an upload says about its file', () => {
  it('reads tags', () => {
    expect(readTags(' a, b ,,c')).to.deep.equal(['a', 'b', 'c']);
    expect(readTags('')).to.deep.equal([]);
    expect(refused(() => readTags('x'.repeat(101)))).to.equal(true);
    expect(refused(() => readTags(Array.from({ length: 201 }, (_, i) => `t${i}`).join(',')))).to.equal(true);
  });

  it('takes metadata values as they are, or refuses what cannot be stored', () => {
    const values = { a: 'x', b: ['y', 'z'], c: 1, d: null };
    expect(plainValues(values)).to.equal(values);
    for (const bad of [{ a: 'x\u0000' }, { 'a\u0000': 1 }, { a: ['x', '\ud800'] }] as Record<string, string | number | string[]>[])
      expect(refused(() => plainValues(bad))).to.equal(true);
  });

  it('reads tus metadata with defaults', () => {
    expect(readTusTarget({})).to.deep.include({ filename: 'unnamed' });
    const { filename, target } = readTusTarget({ filename: 'a.jpg', folder: '/x', tags: 'a', publish: 'true', onConflict: 'version' });
    expect(filename).to.equal('a.jpg');
    expect(target).to.include({ folder: '/x', publish: true, onConflict: 'version' });
    expect(refused(() => readTusTarget({ onDuplicate: 'eat' }))).to.equal(true);
    expect(refused(() => readTusTarget({ filename: 'x'.repeat(6000) }))).to.equal(true);
  });

  it('cleans names as names are, and refuses other texts that cannot be stored', () => {
    const { filename, target } = readTusTarget({ filename: 'a\u0000.jpg', folder: '/x\u0000', tags: 'a\u0000,b' });
    expect([filename, target.folder, target.tags]).to.deep.equal(['a_.jpg', '/x_', ['a_', 'b']]);
    expect(nameText('half \ud800')).to.equal('half \ufffd');
    expect(refused(() => readTusTarget({ title: 'a\u0000' }))).to.equal(true);
    for (const bad of ['{"a":"\\u0000"}', '{"a":["\\udc00"]}', '{"\\u0000":1}'])
      expect(
        refused(() => readMetadata(bad)),
        bad,
      ).to.equal(true);
  });

  it('reads metadata as JSON and says what is wrong with it', () => {
    expect(readMetadata('{"alt":"A plum","rating":3,"people":["Ann"],"title":null}')).to.deep.equal({
      alt: 'A plum',
      rating: 3,
      people: ['Ann'],
      title: null,
    });
    expect(readMetadata(undefined)).to.equal(undefined);
    for (const bad of ['{', '[]', '"x"', '{"a":{"b":1}}', '{"a":[1]}'])
      expect(
        refused(() => readMetadata(bad)),
        bad,
      ).to.equal(true);
  });
});
