import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { PRODUCTION, ROOT, sourceFiles } from './cruise.ts';

/** The rooms of the house: a module stands in one of these. */
const ROOMS: Record<string, string[]> = {
  core: 'workspaces identity permissions audit-log idempotency jobs live workflow comments notifications webhooks automation privacy'.split(
    ' ',
  ),
  library: 'uploads ingest assets folders metadata renditions delivery collections search sharing rights demo'.split(' '),
  marketing: 'planning campaigns work approvals publishing tracking crm measurement reports vendors martech compliance audits'.split(' '),
};
/** Subfolders where the subject needs one file per thing. */
const SUBFOLDERS = ['library/renditions/operations', 'library/renditions/profiles', 'library/search/documents'];
/** Generated, or data rather than code. */
const NOT_CODE = /^web\/src\/(api\.d\.ts|messages\/)/;

const lines = (path: string) => readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1;
const production = PRODUCTION.flatMap((folder) => sourceFiles(folder));
const present = (folder: string) => existsSync(join(ROOT, folder));
const web = present('web/src') ? sourceFiles('web/src', /\.tsx?$/).filter((path) => !NOT_CODE.test(path)) : [];
const tools = ['bench', 'scripts'].filter(present).flatMap((folder) => sourceFiles(folder, /\.(ts|mjs)$/));
const tests = sourceFiles('test', /\.(ts|tsx|mjs)$/);
const longer = (paths: string[], limit: number) =>
  paths.map((path) => `${path}: ${lines(path)}`).filter((line) => Number(line.split(': ')[1]) > limit);

describe('sizes and names', () => {
  it('no source file is longer than 400 lines', () => {
    expect(longer([...production, ...web, ...tools], 400)).to.deep.equal([]);
  });

  it('no test file is longer than 800 lines', () => {
    expect(longer(tests, 800)).to.deep.equal([]);
  });

  it('a worker is an entry point: at most 40 lines', () => {
    expect(longer(sourceFiles('workers'), 40)).to.deep.equal([]);
  });

  it('files are kebab-case, with dots between subject and kind', () => {
    const odd = [...production, ...web, ...tools, ...tests].filter(
      (path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.(ts|tsx|mjs)$/.test(basename(path)),
    );
    expect(odd).to.deep.equal([]);
  });

  it('a module stands in a known room and holds index.ts and <subject>.<kind>.ts', () => {
    const odd = sourceFiles('src/modules').filter((path) => {
      const [tier = '', room = '', ...rest] = path.split('/').slice(2);
      if (!ROOMS[tier]?.includes(room)) return true;
      if (rest.length === 2) return !SUBFOLDERS.includes(`${tier}/${room}/${rest[0]}`);
      return rest.length !== 1 || !/^(index|[a-z0-9-]+\.[a-z0-9-]+)\.ts$/.test(rest[0] ?? '');
    });
    expect(odd).to.deep.equal([]);
  });

  it('every module has its door', () => {
    const modules = new Set(sourceFiles('src/modules').map((path) => path.split('/').slice(0, 4).join('/')));
    expect([...modules].filter((module) => !present(join(module, 'index.ts')))).to.deep.equal([]);
  });

  it('exports have names', () => {
    const found = [...production, ...web].filter((path) => /^export default/m.test(readFileSync(join(ROOT, path), 'utf8')));
    expect(found).to.deep.equal([]);
  });

  it('nothing is left to do later', () => {
    const found = [...production, ...web, ...tools].filter((path) =>
      /\b(TODO|FIXME|XXX|HACK)\b/.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(found).to.deep.equal([]);
  });

  it('the web app knows the service by its generated client only', () => {
    const found = web.filter((path) =>
      /from ['"](\.\.\/)+(src|config|migrations|workers|test)\//.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(found).to.deep.equal([]);
  });
});
