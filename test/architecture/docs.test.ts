import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { allVariables } from '../../config/variables.ts';
import { ROOT } from './cruise.ts';

/** What the documents promise is there: files, headings, verbs, variables, routes. */

const TOP = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md'];
const pages = [...TOP, ...below('docs')];
/** Variables of the command line and of tests, which are not the service's configuration. */
const OTHER_VARIABLES = new Set(['DAMSON_URL', 'DAMSON_API_KEY', 'REQUIRE_TOOLS']);
const MOST_IMAGE_BYTES = 400_000;

function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const withoutCode = (text: string): string => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
/** How GitHub names a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
const anchorsOf = (text: string): string[] =>
  [...text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1] ?? ''));

describe('documents', () => {
  it('has the pages a newcomer looks for', () => {
    expect(pages).to.include.members([...TOP, 'docs/getting-started.md', 'docs/operations.md', 'docs/api.md', 'docs/configuration.md']);
  });

  it('links lead to files and headings that exist', () => {
    const broken: string[] = [];
    for (const page of pages) {
      for (const [, target = ''] of withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?:|mailto:)/.test(target)) continue;
        const [file = '', heading] = target.split('#');
        const path = file === '' ? page : relative(ROOT, join(ROOT, dirname(page), file));
        if (!existsSync(join(ROOT, path))) broken.push(`${page}: ${target}`);
        else if (heading !== undefined && !anchorsOf(read(path)).includes(heading)) broken.push(`${page}: ${target} (no such heading)`);
      }
    }
    expect(broken).to.deep.equal([]);
  });

  it('pictures are there and light', () => {
    const pictures = pages.flatMap((page) =>
      [...read(page).matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map((match) => ({
        alt: match[1] ?? '',
        path: join(ROOT, dirname(page), match[2] ?? ''),
      })),
    );
    expect(pictures.length).to.be.at.least(3);
    for (const { alt, path } of pictures) {
      expect(alt, path).to.match(/\w{3}/);
      expect(statSync(path).size, path).to.be.below(MOST_IMAGE_BYTES);
    }
  });

  it('every verb of the command that is named exists', () => {
    const verbs = new Set([...read('src/cli/main.ts').matchAll(/^ {2}'?([a-z-]+)'?: async/gm)].map((match) => match[1] ?? ''));
    expect([...verbs]).to.include.members(['start', 'doctor', 'demo']);
    const named = pages.flatMap((page) => [...read(page).matchAll(/npx (?:--no )?damson ([a-z][a-z-]*)/g)].map((match) => match[1] ?? ''));
    expect(named.length).to.be.at.least(10);
    expect(named.filter((verb) => !verbs.has(verb))).to.deep.equal([]);
    for (const verb of verbs) expect(read('README.md'), `the README does not name ${verb}`).to.match(new RegExp(`npx damson ${verb}\\b`));
  });

  it('every option of a verb that is named exists', () => {
    const unknown: string[] = [];
    for (const page of pages) {
      for (const [call, verb = ''] of read(page).matchAll(/npx (?:--no )?damson ([a-z][a-z-]*)[^\n`|]*/g)) {
        const source = existsSync(join(ROOT, `src/cli/${verb}.ts`)) ? read(`src/cli/${verb}.ts`) : '';
        for (const [, option = ''] of call.matchAll(/ --([a-z][a-z-]*)/g)) {
          if (option !== 'help' && !new RegExp(`['\\s]${option}'?: \\{ type`).test(source)) unknown.push(`${page}: ${call}: --${option}`);
        }
      }
    }
    expect(unknown).to.deep.equal([]);
  });

  it('every variable that is named exists', () => {
    const known = new Set(allVariables.map((variable) => variable.name));
    const unknown: string[] = [];
    for (const page of ['README.md', 'SECURITY.md', 'docs/getting-started.md', 'docs/operations.md', 'docs/api.md']) {
      const text = read(page);
      const inCode = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map((match) => match[1] ?? '');
      const set = [...text.matchAll(/^(?:[A-Z_]+=\S+ )*([A-Z][A-Z_]+)=\S+ .*(?:npm|npx) /gm)].map((match) => match[1] ?? '');
      for (const name of [...inCode, ...set]) if (!known.has(name) && !OTHER_VARIABLES.has(name)) unknown.push(`${page}: ${name}`);
    }
    expect(unknown).to.deep.equal([]);
  });

  it('every route that is named exists', () => {
    const { paths } = JSON.parse(read('openapi.json')) as { paths: Record<string, unknown> };
    const shape = (path: string): string => path.replace(/\{[^}]+\}|<[^>]+>/g, '*');
    const known = new Set(Object.keys(paths).map(shape));
    const named = ['docs/api.md', 'docs/operations.md'].flatMap((page) =>
      [...read(page).matchAll(/\/api\/v1(\/[a-z<>/-]+[a-zA-Z>])(?=[\s`?"'\\)]|$)/gm)].map((match) => shape(match[1] ?? '')),
    );
    expect(named.length).to.be.at.least(8);
    expect(named.filter((path) => path !== '/openapi.json' && !known.has(path))).to.deep.equal([]);
  });
});
