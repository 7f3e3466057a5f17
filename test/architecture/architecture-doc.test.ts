import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { PRODUCTION, ROOT, sourceFiles } from './cruise.ts';

const text = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');
/** Code spans outside of blocks. */
const spans = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
const names = new Set(PRODUCTION.flatMap((folder) => sourceFiles(folder)).map((path) => basename(path)));
const top = new Set(readdirSync(ROOT));

/** Why this span is wrong, or null: it leads somewhere, is built, or is no path. Addresses of HTTP begin with a slash, patterns with `x.`. */
function problem(span: string): string | null {
  if (!/^[\w.-]+(\/[\w.-]+)*\/?$/.test(span) || /^(x\.|dist\/)/.test(span)) return null;
  if (span.includes('/')) {
    // `platform/storage/storage.ts` and the like are meant below src.
    const there = [span, join('src', span)].some((path) => existsSync(join(ROOT, path)));
    return there ? null : `${span} does not exist`;
  }
  const file = /\.(ts|tsx|mjs|cjs|json)$/.test(span);
  return !file || names.has(span) || top.has(span) ? null : `no file is called ${span}`;
}

/** Each table of the migrations, as SQL names it. */
const created = sourceFiles('migrations').flatMap((path) =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(/create (?:unlogged )?table ([\w.]+)/g)].map((match) => match[1]),
);

interface Owned {
  readonly owner: string;
  readonly tables: string[];
}
const owners = (text.split('## Who owns which table')[1]?.split('\n## ')[0] ?? '').split('\n').flatMap((line): Owned[] => {
  const [, owner, tables] = /^\| `(src\/[^`]+)` \| (.+) \|$/.exec(line) ?? [];
  return owner && tables ? [{ owner, tables: [...tables.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '') }] : [];
});

describe('docs/ARCHITECTURE.md', () => {
  it('names only files and folders that exist', () => {
    expect(spans.length).to.be.greaterThan(100);
    expect(spans.map(problem).filter((found) => found !== null)).to.deep.equal([]);
  });

  it('would notice a file that is not there', () => {
    expect(['src/gone.ts', 'gone.service.ts', 'src/modules/gone/'].map(problem)).not.to.include(null);
  });

  it('gives every table of the migrations one owner', () => {
    expect(owners.flatMap(({ tables }) => tables)).to.have.members(created);
  });

  it('gives each table to the module that has its entity', () => {
    const wrong = sourceFiles('src/modules')
      .filter((path) => path.endsWith('.entity.ts'))
      .flatMap((path) => {
        const declared = [...readFileSync(join(ROOT, path), 'utf8').matchAll(/@Entity\(\{ name: '(\w+)'(?:, schema: '(\w+)')?/g)];
        return declared.map(([, name, schema]) => ({ path, table: schema === undefined ? name : `${schema}.${name}` }));
      })
      .filter(({ path, table }) => !owners.some(({ owner, tables }) => path.startsWith(owner) && tables.includes(table ?? '')));
    expect(wrong).to.deep.equal([]);
  });

  it('no SQL of others writes a table', () => {
    const found = sourceFiles('src/modules').flatMap((path) => {
      const writes = readFileSync(join(ROOT, path), 'utf8').matchAll(/(?:insert into|update|delete from) ([a-z_.]+)/g);
      return [...writes].flatMap(([, table = '']) => {
        const owner = owners.find(({ tables }) => tables.includes(table))?.owner;
        return owner === undefined || path.startsWith(owner) ? [] : [`${path}: ${table}`];
      });
    });
    expect([...new Set(found)]).to.deep.equal(['src/modules/library/metadata/metadata.repository.ts: asset']);
  });

  it('names every module', () => {
    const modules = new Set(sourceFiles('src/modules').map((path) => path.split('/')[3]?.replace('-', ' ')));
    expect([...modules].filter((name) => name !== undefined && !text.includes(name))).to.deep.equal([]);
  });
});
