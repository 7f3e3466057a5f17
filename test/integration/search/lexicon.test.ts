import { expect } from 'chai';
import fc from 'fast-check';
import { systemContext } from '../../../src/context.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { similarWords, wordsFrom } from '../../../src/platform/search/postgres/lexicon.ts';
import { allowedEdits, editDistance } from '../../../src/platform/search/typos.ts';
import { openTestDatabase } from '../../support/database.ts';

describe('search: lexicon', () => {
  const workspaceId = newId();
  const letter = fc.constantFrom(...'abcdeé');
  const words = [...new Set(fc.sample(fc.string({ unit: letter, minLength: 3, maxLength: 11 }), { numRuns: 3000, seed: 3 }))];
  let database: Database;
  let drop: () => Promise<void>;

  before(async () => {
    ({ database, drop } = await openTestDatabase());
    await database.sql.query(
      systemContext(workspaceId),
      'insert into lexicon select $1, word, n from unnest($2::text[]) with ordinality as w(word, n)',
      [workspaceId, words],
    );
  });
  after(() => drop());

  /** One edit somewhere. */
  const edit = (word: string, at: number, kind: number, other: string): string => {
    const i = at % word.length;
    const changed = [
      word.slice(0, i) + word.slice(i + 1),
      word.slice(0, i) + other + word.slice(i),
      word.slice(0, i) + other + word.slice(i + 1),
    ];
    return changed[kind] ?? word.slice(0, i) + word.charAt(i + 1) + word.charAt(i) + word.slice(i + 2);
  };

  it('finds every word within the edits allowed', async () => {
    const edits = fc.array(fc.tuple(fc.nat(20), fc.nat(3), letter), { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...words), edits, async (word, changes) => {
        const written = changes.reduce((text, [at, kind, other]) => edit(text, at, kind, other), word);
        const allowed = allowedEdits(written);
        const swapped = changes.filter(([, kind]) => kind === 3).length;
        const distance = editDistance(written, word, 2);
        if (distance === 0 || distance > allowed || (distance === 2 && swapped > 0)) return;
        expect(await similarWords(database.sql, workspaceId, written, 1000), `${written} for ${word}`).to.include(word);
      }),
      { numRuns: 400 },
    );
  });

  it('gives nearer words first, then more frequent ones, and never the word itself', async () => {
    await database.sql.query(
      {},
      `insert into lexicon values ($1, 'wonderful', 1), ($1, 'wonderfull', 9), ($1, 'wonderfuls', 3), ($1, 'wonders', 5)`,
      [workspaceId],
    );
    expect(await similarWords(database.sql, workspaceId, 'wonderfil', 5)).to.deep.equal(['wonderful', 'wonderfull', 'wonderfuls']);
    expect(await similarWords(database.sql, workspaceId, 'wonderful', 5)).to.deep.equal(['wonderfull', 'wonderfuls']);
    expect(await similarWords(database.sql, newId(), 'wonderfil', 5)).to.deep.equal([]);
    expect((await wordsFrom(database.sql, workspaceId, 'wonder', 2)).map(({ word }) => word)).to.deep.equal(['wonderfull', 'wonders']);
  });
});
