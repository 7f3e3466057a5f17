import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Ctx, systemContext } from '../../src/context.ts';
import { isError } from '../../src/errors.ts';
import {
  FACETS,
  type Facet,
  type Filter,
  type SearchDocument,
  type SearchEngine,
  type SearchQuery,
  type SearchResult,
  SORTS,
} from '../../src/platform/search/search.ts';
import { newId } from '../../src/platform/database/uuid.ts';
import { expectedFacet, expectedIds } from './search-oracle.ts';

/** What every search engine must do: membership, filters, facets, paging, permissions, versions. Never exact relevance order. */

export interface SearchWorld {
  readonly engine: SearchEngine;
  close(): Promise<void>;
}

const FOLDERS = Array.from({ length: 5 }, () => randomUUID());
const TAGS = ['logo', 'beach', 'summer sale', 'Ünïcode', 'x" OR tenant != "me'];

export function document(over: Partial<SearchDocument> = {}): SearchDocument {
  return {
    id: newId(),
    version: 1,
    folder: FOLDERS[0] ?? '',
    kind: 'image',
    mime: 'image/jpeg',
    name: 'file.jpg',
    title: null,
    description: null,
    tags: [],
    folders: [],
    folderPath: '/',
    camera: null,
    lens: null,
    people: [],
    colours: [],
    orientation: null,
    width: null,
    height: null,
    megapixels: null,
    bytes: 1000,
    duration: null,
    taken: null,
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
    year: 2026,
    status: 'ready',
    published: false,
    missing: [],
    text: '',
    ...over,
  };
}

export const EVERYTHING: SearchQuery = {
  words: [],
  phrases: [],
  notWords: [],
  filter: null,
  visibleFolders: null,
  sort: { field: 'created', descending: true },
  limit: 100,
  cursor: null,
  facets: [],
  facetLimit: 1000,
};

const any = (field: Facet, ...values: string[]): Filter => ({ op: 'any', field, values });

export function describeSearch(name: string, make: () => Promise<SearchWorld>): void {
  describe(`search engine: ${name}`, () => {
    let made: SearchWorld;
    let engine: SearchEngine;
    let ctx: Ctx;
    before(async () => {
      made = await make();
      engine = made.engine;
    });
    after(() => made?.close());
    beforeEach(() => {
      ctx = systemContext(newId());
    });

    const search = (over: Partial<SearchQuery> = {}, within: Ctx = ctx): Promise<SearchResult> =>
      engine.search(within, { ...EVERYTHING, ...over });
    const found = async (over: Partial<SearchQuery> = {}) => new Set((await search(over)).ids);
    const words = async (...list: string[]) => found({ words: list, sort: { field: 'relevance', descending: true } });
    /** All pages, one after another. */
    const pages = async (over: Partial<SearchQuery>): Promise<string[]> => {
      const ids: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const result: SearchResult = await search({ ...over, cursor });
        ids.push(...result.ids);
        cursor = result.nextCursor;
        if (cursor === null) return ids;
        expect(result.ids).to.have.length(over.limit ?? EVERYTHING.limit);
      }
    };

    it('answers an empty workspace', async () => {
      expect(await search({ facets: FACETS, words: ['x'] })).to.deep.include({
        ids: [],
        nextCursor: null,
        total: { value: 0, relation: 'eq' },
      });
      expect(await engine.suggest(ctx, 'x', null, 10)).to.deep.equal([]);
    });

    it('sees what was just indexed, in its workspace only', async () => {
      const doc = document({ name: 'one.jpg' });
      await engine.index(ctx, [doc]);
      expect(await found()).to.deep.equal(new Set([doc.id]));
      const update = { ...doc, version: 2, kind: 'video' };
      await engine.index(ctx, [update]);
      expect(await found({ filter: any('kind', 'video') })).to.deep.equal(new Set([doc.id]));
      const other = systemContext(newId());
      expect((await search({}, other)).ids).to.deep.equal([]);
      expect((await search({ words: ['one'] }, other)).ids).to.deep.equal([]);
    });

    it('finds words in names, titles, tags, descriptions, cameras and other text', async () => {
      const docs = [
        document({ name: 'IMG_HeroShot2024-final.jpg' }),
        document({ title: 'Der große Müller' }),
        document({ tags: ['Summer Sale'] }),
        document({ description: 'a lighthouse at dusk' }),
        document({ camera: 'Canon EOS R5' }),
        document({ text: 'printed in Zürich' }),
      ];
      await engine.index(ctx, docs);
      for (const [at, queries] of [
        [0, ['hero', 'shot', 'heroshot2024', 'FINAL', 'HeroShot2024-final.jpg']],
        [1, ['müller', 'muller', 'grosse', 'große']],
        [2, ['sale', 'SUMMER']],
        [3, ['dusk', 'lighthouse']],
        [4, ['canon', 'r5']],
        [5, ['zurich', 'printed']],
      ] as const) {
        for (const query of queries) expect(await words(query), query).to.include(docs[at]?.id ?? '');
      }
      expect(await words('lighthouse', 'dusk')).to.have.length(1);
      expect(await words('lighthouse', 'canon')).to.have.length(0);
    });

    it('takes phrases, exclusions and the beginning of the last word', async () => {
      const [hour, gold] = [document({ title: 'Golden hour at sea' }), document({ title: 'Hour of golden rain' })];
      await engine.index(ctx, [hour, gold]);
      expect(await found({ phrases: ['golden hour'] })).to.deep.equal(new Set([hour.id]));
      expect(await found({ words: ['golden'], notWords: ['rain'] })).to.deep.equal(new Set([hour.id]));
      expect(await found({ notWords: ['rain'] })).to.deep.equal(new Set([hour.id]));
      expect(await found({ notWords: ['golden hour'] })).to.deep.equal(new Set([gold.id]));
      if (engine.features.prefix) {
        expect(await words('golden', 'ra')).to.deep.equal(new Set([gold.id]));
        expect(await words('go', 'rain')).to.deep.equal(new Set());
      }
    });

    it('forgives typing errors where it says so', async function () {
      if (!engine.features.typoTolerance) return this.skip();
      const [sunset, photograph, log] = [
        document({ title: 'sunset' }),
        document({ title: 'photographer' }),
        document({ title: 'log', name: 'x1.jpg' }),
      ];
      await engine.index(ctx, [sunset, photograph, log]);
      for (const typo of ['sunet', 'sunsett', 'zunset', 'snuset', 'sunzet'])
        expect(await words(typo), typo).to.deep.equal(new Set([sunset.id]));
      for (const typo of ['fotographer', 'photogrpaher', 'phtographr', 'photographers'])
        expect(await words(typo), typo).to.deep.equal(new Set([photograph.id]));
      // Two edits in a short word, any edit in three letters, and numbers are not forgiven.
      for (const wrong of ['sonzet', 'lag', 'x2']) expect(await words(wrong), wrong).to.deep.equal(new Set());
      const result = await search({ words: ['sunzet'], sort: { field: 'relevance', descending: true } });
      expect(result.corrections).to.deep.equal({ sunzet: ['sunset'] });
      expect((await search({ words: ['sunset'] })).corrections).to.deep.equal({});
    });

    it('corrects nothing to words of documents the actor may not see', async function () {
      if (!engine.features.typoTolerance) return this.skip();
      const [open = '', secret = ''] = FOLDERS;
      await engine.index(ctx, [document({ folder: open, title: 'harbour' }), document({ folder: secret, title: 'project zephyrus' })]);
      const result = await search({ words: ['zephirus'], visibleFolders: [open] });
      expect(result).to.deep.include({ ids: [], corrections: {} });
      expect((await search({ words: ['zephirus'], visibleFolders: [secret] })).ids).to.have.length(1);
      // A word only others have does not count as known.
      await engine.index(ctx, [document({ folder: secret, title: 'harbout' })]);
      expect((await search({ words: ['harbout'], visibleFolders: [open] })).corrections).to.deep.equal({ harbout: ['harbour'] });
    });

    it('keeps the newest version and never brings an older one back', async () => {
      const doc = document({ version: 5, title: 'five' });
      await engine.index(ctx, [doc]);
      await engine.index(ctx, [{ ...doc, version: 4, title: 'four' }]);
      expect(await words('five')).to.have.length(1);
      expect(await words('four')).to.have.length(0);
      await engine.index(ctx, [{ ...doc, title: 'fifth' }]);
      expect(await words('fifth'), 'the same version again may say more').to.have.length(1);
      await engine.remove(ctx, [{ id: doc.id, version: 4 }]);
      expect(await found(), 'an older removal does nothing').to.have.length(1);
      await engine.remove(ctx, [{ id: doc.id, version: 6 }]);
      await engine.index(ctx, [doc]);
      expect(await found(), 'removed stays removed').to.have.length(0);
      await engine.index(ctx, [{ ...doc, version: 7 }]);
      expect(await found(), 'a newer one returns').to.have.length(1);
      const never = newId();
      await engine.remove(ctx, [{ id: never, version: 3 }]);
      await engine.index(ctx, [document({ id: never, version: 2 })]);
      expect(await found()).to.deep.equal(new Set([doc.id]));
    });

    it('takes several versions of one document in one call', async () => {
      const doc = document({ version: 2, title: 'second' });
      await engine.index(ctx, [doc, { ...doc, version: 1, title: 'first' }, { ...doc, version: 3, title: 'third' }]);
      expect(await words('third')).to.have.length(1);
      expect((await search()).total.value).to.equal(1);
    });

    it('stays right when many write at once', async () => {
      const docs = Array.from({ length: 60 }, (_, at) => document({ name: `p${at}.jpg`, tags: [`t${at % 3}`] }));
      await Promise.all([
        ...docs.map((doc) => engine.index(ctx, [doc])),
        ...docs.slice(0, 20).map((doc) => engine.index(ctx, [{ ...doc, version: 2, tags: ['new'] }])),
        ...docs.slice(20, 30).map((doc) => engine.remove(ctx, [{ id: doc.id, version: 3 }])),
      ]);
      const result = await search({ facets: ['tags'] });
      expect(result.total.value).to.equal(50);
      expect(result.facets.tags?.find(({ value }) => value === 'new')?.count).to.equal(20);
      expect(new Set(result.ids)).to.deep.equal(new Set([...docs.slice(0, 20), ...docs.slice(30)].map(({ id }) => id)));
    });

    it('lists its entries ascending by id, without removed ones', async () => {
      const docs = Array.from({ length: 12 }, (_, at) => document({ version: at + 1 }));
      await engine.index(ctx, docs);
      await engine.remove(ctx, [{ id: docs[3]?.id ?? '', version: 99 }]);
      const entries: { id: string; version: number }[] = [];
      for await (const entry of engine.entries(ctx)) entries.push(entry);
      const expected = docs.filter((_, at) => at !== 3).map(({ id, version }) => ({ id, version }));
      expect(entries).to.deep.equal(expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
    });

    it('suggests words and values the actor may see', async () => {
      const [open = '', secret = ''] = FOLDERS;
      await engine.index(ctx, [
        document({ folder: open, tags: ['harbour light'], title: 'harvest' }),
        document({ folder: open, tags: ['harbour light', 'North Sea'] }),
        document({ folder: secret, tags: ['harmony plan'], title: 'harpoon' }),
      ]);
      expect((await engine.suggest(ctx, 'har', [open], 10))[0]).to.equal('harbour light');
      expect(await engine.suggest(ctx, 'har', [open], 10)).to.include.members(['harbour light', 'harvest']);
      expect((await engine.suggest(ctx, 'har', [open], 10)).join()).to.not.match(/harmony|harpoon/u);
      expect(await engine.suggest(ctx, 'harp', null, 10)).to.deep.equal(['harpoon']);
      expect(await engine.suggest(ctx, 'sea', [open], 10)).to.include('North Sea');
      expect(await engine.suggest(ctx, 'har', null, 2)).to.have.length(2);
      expect(await engine.suggest(ctx, 'har', [], 10)).to.deep.equal([]);
    });

    it('says what it is', async () => {
      const { engine: engineName, version, latencyMs } = await engine.describe();
      expect([engineName, version].every((text) => text.length > 0)).to.equal(true);
      expect(latencyMs).to.be.at.least(0);
    });

    describe('over random documents and actors', () => {
      let docs: SearchDocument[];
      let library: Ctx;
      before(async () => {
        library = systemContext(newId());
        docs = randomDocuments(300);
        await engine.index(library, docs);
        // Some change, some go: what is counted must follow.
        const changed = docs.map((doc, at) =>
          at % 5 === 0 ? { ...doc, version: 2, kind: 'other', tags: ['changed'], folder: FOLDERS[at % 3] ?? '' } : doc,
        );
        await engine.index(
          library,
          changed.filter((doc) => doc.version === 2),
        );
        docs = changed.filter((_, at) => at % 11 !== 3);
        await engine.remove(
          library,
          changed.filter((_, at) => at % 11 === 3).map(({ id }) => ({ id, version: 9 })),
        );
      });
      beforeEach(() => {
        ctx = library;
      });

      it('filters and counts exactly as a recount over what the actor sees', async () => {
        await fc.assert(
          fc.asyncProperty(
            filterOf(docs),
            fc.option(fc.subarray(FOLDERS), { nil: null }),
            fc.subarray([...FACETS]),
            async (filter, visibleFolders, facets) => {
              const query = { ...EVERYTHING, filter, visibleFolders, facets, limit: 200 };
              const result = await engine.search(ctx, query);
              const expected = expectedIds(docs, query);
              expect(result.total).to.deep.equal({ value: expected.size, relation: 'eq' });
              expect(new Set(await pages(query))).to.deep.equal(expected);
              expect(Object.keys(result.facets).sort()).to.deep.equal([...facets].sort());
              for (const facet of facets) {
                const counts = new Map(result.facets[facet]?.map(({ value, count }) => [value, count]));
                expect(counts, facet).to.deep.equal(expectedFacet(docs, query, facet));
              }
            },
          ),
          { numRuns: 150 },
        );
      });

      it('pages through everything once, in order, for every sort', async () => {
        for (const field of SORTS) {
          for (const descending of [true, false]) {
            const sort = { field, descending };
            const ids = await pages({ sort, limit: 7 });
            expect(ids, field).to.have.length(docs.length);
            expect(new Set(ids)).to.deep.equal(new Set(docs.map(({ id }) => id)));
            expect(ids, 'pages agree with one long page').to.deep.equal((await pages({ sort, limit: 200 })).slice(0, ids.length));
            if (field !== 'relevance' && field !== 'name') expectSorted(ids, docs, field, descending);
          }
        }
      });

      it('pages through the matches of words', async () => {
        const query = { words: ['sunset'], sort: { field: 'relevance', descending: true } } as const;
        const ids = await pages({ ...query, limit: 3 });
        const expected = docs.filter((doc) => /sunset/iu.test(`${doc.title} ${doc.description}`)).map(({ id }) => id);
        expect(new Set(ids)).to.deep.equal(new Set(expected));
        expect(ids).to.have.length(expected.length);
      });

      it('goes on after the cursor when rows before it change', async () => {
        const own = systemContext(newId());
        const list = Array.from({ length: 9 }, (_, at) => document({ created: new Date(Date.UTC(2026, 0, 1 + at)).toISOString() }));
        await engine.index(own, list);
        const first = await search({ limit: 3 }, own);
        await engine.remove(own, [{ id: first.ids[0] ?? '', version: 2 }]);
        await engine.index(own, [document({ created: '2026-06-01T00:00:00Z' })]);
        const second = await search({ limit: 3, cursor: first.nextCursor }, own);
        expect(second.ids).to.deep.equal([list[5]?.id, list[4]?.id, list[3]?.id]);
      });

      it('limits facet values to the most frequent', async () => {
        const { facets } = await search({ facets: ['tags'], facetLimit: 2 });
        const counts = facets.tags?.map(({ count }) => count) ?? [];
        expect(counts).to.have.length(2);
        const all = (await search({ facets: ['tags'] })).facets.tags?.map(({ count }) => count) ?? [];
        expect(counts).to.deep.equal(all.sort((a, b) => b - a).slice(0, 2));
      });

      it('refuses cursors it did not give for this query', async () => {
        const { nextCursor } = await search({ limit: 3 });
        const refused = async (over: Partial<SearchQuery>) => {
          const error = await search(over).then(
            () => null,
            (problem: unknown) => problem,
          );
          expect(isError(error, 'invalid_cursor'), JSON.stringify(over)).to.equal(true);
        };
        for (const cursor of ['', 'garbage', '💥', 'W10', 'eyJhIjoxfQ', `${nextCursor}`.slice(0, -6)]) await refused({ limit: 3, cursor });
        await refused({ limit: 3, cursor: nextCursor, sort: { field: 'name', descending: true } });
        await refused({ limit: 3, cursor: nextCursor, filter: any('kind', 'image') });
        await fc.assert(
          fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), fc.boolean(), async (text, encode) => {
            await refused({ cursor: encode ? Buffer.from(text).toString('base64url') : text });
          }),
          { numRuns: 100 },
        );
      });

      it('keeps to the permission filter whatever the query says', async () => {
        const [only = ''] = FOLDERS;
        for (const filter of [
          any('folder', ...FOLDERS),
          any('tags', 'x" OR tenant != "me'),
          { op: 'not', filter: any('folder', only) } as const,
        ]) {
          const query = { ...EVERYTHING, filter, visibleFolders: [only], facets: ['folder'] as const, limit: 200 };
          const result = await engine.search(ctx, query);
          expect(new Set(result.ids)).to.deep.equal(expectedIds(docs, query));
          for (const { value } of result.facets.folder ?? []) expect(value).to.equal(only);
        }
        expect((await search({ visibleFolders: [] })).total.value).to.equal(0);
      });
    });
  });
}

function expectSorted(
  ids: readonly string[],
  docs: readonly SearchDocument[],
  field: 'created' | 'updated' | 'bytes' | 'taken',
  descending: boolean,
): void {
  const byId = new Map(docs.map((doc) => [doc.id, doc]));
  const values = ids.map((id) => byId.get(id)?.[field] ?? null);
  const known = values.filter((value) => value !== null).map((value) => (typeof value === 'string' ? Date.parse(value) : value));
  expect(values.slice(0, known.length), 'no value comes last').to.not.include(null);
  expect(known, field).to.deep.equal([...known].sort((a, b) => (descending ? b - a : a - b)));
}

function randomDocuments(count: number): SearchDocument[] {
  const day = fc.integer({ min: 0, max: 20 }).map((at) => new Date(Date.UTC(2025, 0, 1 + at * 30)).toISOString());
  const size = fc.option(fc.integer({ min: 1, max: 40 }), { nil: null });
  const shape = fc.record({
    folder: fc.constantFrom(...FOLDERS),
    kind: fc.constantFrom('image', 'video', 'audio'),
    mime: fc.constantFrom('image/jpeg', 'image/png', 'video/mp4'),
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    title: fc.constantFrom(null, 'Sunset', 'sunset over sea', 'Mountain', 'a "quoted" title'),
    description: fc.constantFrom(null, 'sunset', 'rain'),
    tags: fc.subarray(TAGS),
    camera: fc.constantFrom(null, 'Canon', 'Nikon D90', 'Leica'),
    colours: fc.subarray(['red', 'blue', 'grey']),
    orientation: fc.constantFrom(null, 'landscape' as const, 'portrait' as const),
    width: size,
    height: size,
    megapixels: fc.option(fc.constantFrom(0.3, 12.2, 24.1), { nil: null }),
    bytes: fc.integer({ min: 0, max: 20 }).map((value) => value * 1_000_000_000),
    duration: fc.option(fc.constantFrom(1.5, 60), { nil: null }),
    taken: fc.option(day, { nil: null }),
    created: day,
    updated: day,
    year: fc.integer({ min: 2023, max: 2026 }),
    status: fc.constantFrom('ready', 'failed'),
    published: fc.boolean(),
    missing: fc.subarray(['title', 'licence', 'alt']),
  });
  return fc.sample(shape, { numRuns: count, seed: 7 }).map((over) => document(over));
}

/** Random filters over the values that occur (and some that do not). */
function filterOf(docs: readonly SearchDocument[]): fc.Arbitrary<Filter | null> {
  const values: Record<Facet, string[]> = {
    kind: ['image', 'video', 'other', 'VIDEO'],
    type: ['image/jpeg', 'image/png'],
    tags: [...TAGS, 'changed', 'nowhere', 'LOGO'],
    folder: [...FOLDERS, randomUUID()],
    camera: ['Canon', 'Leica', 'nikon d90'],
    colour: ['red', 'blue', 'teal'],
    orientation: ['landscape', 'square'],
    year: ['2023', '2025', '1900'],
    missing: ['title', 'alt', 'creator'],
    status: ['ready', 'failed'],
    published: ['true', 'false'],
  };
  const anyFilter: fc.Arbitrary<Filter> = fc
    .constantFrom(...FACETS)
    .chain((field) => fc.subarray(values[field]).map((chosen): Filter => ({ op: 'any', field, values: chosen })));
  const times = docs.map((doc) => Date.parse(doc.created));
  const numbers = fc.oneof(
    fc.record({ field: fc.constantFrom('width' as const, 'height' as const), bound: fc.integer({ min: 0, max: 45 }) }),
    fc.record({ field: fc.constantFrom('created' as const, 'updated' as const, 'taken' as const), bound: fc.constantFrom(...times) }),
    fc.record({ field: fc.constant('bytes' as const), bound: fc.constantFrom(0, 5_000_000_000, 19_000_000_000) }),
    fc.record({ field: fc.constant('year' as const), bound: fc.integer({ min: 2022, max: 2027 }) }),
    fc.record({ field: fc.constant('megapixels' as const), bound: fc.constantFrom(0.3, 12.2, 13) }),
    fc.record({ field: fc.constant('duration' as const), bound: fc.constantFrom(1.5, 2) }),
  );
  const range: fc.Arbitrary<Filter> = fc
    .tuple(numbers, fc.constantFrom('gte' as const, 'gt' as const, 'lte' as const, 'lt' as const))
    .map(([{ field, bound }, side]) => ({ op: 'range', field, [side]: bound }));
  const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      anyFilter,
      range,
      fc.record({ op: fc.constant('not' as const), filter: tie('tree') }),
      fc.record({ op: fc.constant('and' as const), filters: fc.array(tie('tree'), { maxLength: 3 }) }),
    ),
  }));
  return fc.option(
    fc.array(tree, { minLength: 1, maxLength: 4 }).map((filters): Filter => ({ op: 'and', filters })),
    { nil: null },
  );
}
