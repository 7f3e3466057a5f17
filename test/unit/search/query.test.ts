import { expect } from 'chai';
import fc from 'fast-check';
import { DamsonError } from '../../../src/errors.ts';
import { folderNames, toSearchQuery } from '../../../src/modules/library/search/search.filters.ts';
import { readList, readTerms } from '../../../src/modules/library/search/search.query.ts';
import { searchParams } from '../../../src/modules/library/search/search.schema.ts';
import { readRange } from '../../../src/modules/library/search/search.values.ts';
import type { Filter } from '../../../src/platform/search/search.ts';

const all = { visibleFolders: null };
const query = (params: Record<string, unknown>) => toSearchQuery(searchParams.parse(params), all);
const filters = (params: Record<string, unknown>): readonly Filter[] => {
  const { filter } = query(params);
  return filter?.op === 'and' ? filter.filters : [];
};
const problem = (params: Record<string, unknown>): DamsonError => {
  try {
    query(params);
  } catch (error) {
    if (error instanceof DamsonError) return error;
    throw error;
  }
  throw new Error('no problem');
};

describe('search: query language', () => {
  it('reads words, phrases, exclusions and fields', () => {
    expect(query({ q: 'sunset "golden hour" -rain -"bad light" tag:beach -kind:video' })).to.deep.include({
      words: ['sunset'],
      phrases: ['golden hour'],
      notWords: ['rain', 'bad light'],
      sort: { field: 'relevance', descending: true },
      filter: {
        op: 'and',
        filters: [
          { op: 'any', field: 'tags', values: ['beach'] },
          { op: 'not', filter: { op: 'any', field: 'kind', values: ['video'] } },
        ],
      },
    });
  });

  it('keeps what only looks a little like a field', () => {
    const words = ['10:30', 'C:\\photos', 'https://example.org/a', 'note:', ':x', '-', '--', 'a-b'];
    expect(readTerms(words.join(' ')).map((term) => term.kind)).to.not.include('field');
    expect(query({ q: 'note: this' }).words).to.deep.equal(['note:', 'this']);
  });

  it('reads quoted values and lists', () => {
    expect(filters({ q: 'tags:"new york",paris' })).to.deep.equal([{ op: 'any', field: 'tags', values: ['new york', 'paris'] }]);
    expect(readList('a,"b, c", d ,,')).to.deep.equal(['a', 'b, c', 'd']);
    expect(readList('"/Shoes, ""old""", Kampagne „Frühling“,12" vinyl,"open, end')).to.deep.equal([
      '/Shoes, "old"',
      'Kampagne „Frühling“',
      '12" vinyl',
      'open, end',
    ]);
    expect(['', ',', ' , ', '""'].map(readList)).to.deep.equal([[], [], [], []]);
    expect(query({ q: '“smart quotes”' }).phrases).to.deep.equal(['smart quotes']);
    expect(query({ q: 'open "never closed' }).phrases).to.deep.equal(['never closed']);
  });

  it('names the known fields when one is unknown', () => {
    const error = problem({ q: 'colr:red' });
    expect(error.code).to.equal('invalid_request');
    expect(error.detail).to.contain('"colr"').and.to.contain('colour');
  });

  it('takes commas as any of, repeated tags as all of, other repeated parameters as more values', () => {
    expect(filters({ tags: ['a,b', 'c'], kind: ['image', 'video'] })).to.deep.equal([
      { op: 'any', field: 'kind', values: ['image', 'video'] },
      { op: 'any', field: 'tags', values: ['a', 'b'] },
      { op: 'any', field: 'tags', values: ['c'] },
    ]);
  });

  it('understands other spellings and extensions', () => {
    expect(filters({ q: 'color:gray format:JPG missing:license year:2024 year:2020..2022' })).to.deep.equal([
      { op: 'any', field: 'colour', values: ['grey'] },
      { op: 'any', field: 'type', values: ['image/jpeg'] },
      { op: 'any', field: 'missing', values: ['licence'] },
      { op: 'any', field: 'year', values: ['2024'] },
      { op: 'range', field: 'year', gte: 2020, lte: 2022 },
    ]);
  });

  it('resolves folders through the caller; an unknown one matches nothing', () => {
    const params = searchParams.parse({ folder: '/a,/b', q: 'folder:/c' });
    expect(folderNames(params)).to.deep.equal(['/a', '/b', '/c']);
    const { filter } = toSearchQuery(params, { visibleFolders: ['1'], folders: new Map([['/a', ['1', '2']]]) });
    expect(filter).to.deep.equal({
      op: 'and',
      filters: [
        { op: 'any', field: 'folder', values: ['1', '2'] },
        { op: 'any', field: 'folder', values: [] },
      ],
    });
  });

  it('refuses what it cannot read, with the reason', () => {
    for (const params of [
      { kind: 'imge' },
      { width: 'wide' },
      { created: '2026-13' },
      { created: '2026-02-30' },
      { facets: 'kind,nope' },
      { tags: ',' },
    ]) {
      expect(problem(params).code, JSON.stringify(params)).to.equal('invalid_request');
    }
    for (const params of [
      { q: 'x'.repeat(257) },
      { limit: 0 },
      { limit: 201 },
      { sort: 'name; drop' },
      { tags: { $ne: 1 } },
      { nope: '1' },
    ]) {
      expect(searchParams.safeParse(params).success, JSON.stringify(params)).to.equal(false);
    }
    expect(problem({ q: 'a '.repeat(21) }).extra).to.deep.include({ allowed: 20, given: 21 });
    expect(problem({ tags: Array.from({ length: 101 }, (_, i) => `t${i}`).join(',') }).extra).to.include({ allowed: 100 });
  });

  it('sorts by newest without words and by relevance with', () => {
    expect(query({}).sort).to.deep.equal({ field: 'created', descending: true });
    expect(query({ q: 'kind:image' }).sort.field).to.equal('created');
    expect(query({ q: 'a', sort: 'name' }).sort).to.deep.equal({ field: 'name', descending: false });
  });

  it('never throws anything but invalid_request', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '"',
        '-',
        ':',
        'tag:',
        'width:',
        '>=',
        '..',
        'created:',
        '2026-01',
        ',',
        'missing:',
        '__proto__:',
        'constructor:',
        ' ',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.record({ width: piece, created: piece, tags: fc.array(piece, { maxLength: 3 }) }),
        (q, more) => {
          const parsed = searchParams.safeParse({ q: q.join(''), ...more });
          if (!parsed.success) return;
          try {
            const read = toSearchQuery(parsed.data, all);
            expect(read.words.length + read.phrases.length + read.notWords.length).to.be.at.most(20);
          } catch (error) {
            expect(error).to.be.instanceOf(DamsonError);
            expect(error).to.have.property('code', 'invalid_request');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('search: ranges', () => {
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
  it('reads numbers, sizes and durations', () => {
    expect(readRange('800', 'number')).to.deep.equal({ gte: 800, lte: 800 });
    expect(readRange('>=800', 'number')).to.deep.equal({ gte: 800 });
    expect(readRange('..1600', 'number')).to.deep.equal({ lte: 1600 });
    expect(readRange('<1.5mb', 'bytes')).to.deep.equal({ lt: 1_500_000 });
    expect(readRange('30s..2m', 'seconds')).to.deep.equal({ gte: 30, lte: 120 });
    expect(readRange('5xx', 'bytes')).to.equal(null);
    expect(readRange('..', 'number')).to.equal(null);
    expect(readRange('1e9', 'number')).to.equal(null);
  });

  it('takes dates as the whole day, month or year, both ends included', () => {
    expect(readRange('2026-01..2026-03', 'time')).to.deep.equal({ gte: day('2026-01-01'), lt: day('2026-04-01') });
    expect(readRange('2024-02-29', 'time')).to.deep.equal({ gte: day('2024-02-29'), lt: day('2024-03-01') });
    expect(readRange('>2025', 'time')).to.deep.equal({ gte: day('2026-01-01') });
    expect(readRange('<=2025', 'time')).to.deep.equal({ lt: day('2026-01-01') });
    expect(readRange('0050', 'time')?.gte).to.equal(day('0050-01-01'));
    expect(readRange('>=2026-01-02T03:04:05Z', 'time')).to.deep.equal({ gte: Date.parse('2026-01-02T03:04:05Z') });
  });
});
