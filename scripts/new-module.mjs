/**
 * `npm run new:module <tier>/<name>`: writes the skeleton of a module that compiles and works: list, create, read,
 * delete, a table, a daily job, an audit entry and an event. Then says which lines make it part of Damson.
 *
 * node scripts/new-module.mjs marketing/vendors [--into FOLDER]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TEMPLATES = join(ROOT, 'scripts', 'module');
const TIERS = ['core', 'library', 'marketing'];
const KINDS = ['index', 'schema', 'entity', 'repository', 'policy', 'events', 'service', 'jobs', 'routes'];

const pascal = (words) => words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
const camel = (words) => words[0] + pascal(words.slice(1));

/** One of what the module's name stands for: vendors -> vendor, companies -> company, crm -> crm-entry. */
export function singular(name) {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(ss|sh|ch|x)es$/.test(name)) return name.slice(0, -2);
  if (name.endsWith('s') && !name.endsWith('ss')) return name.slice(0, -1);
  return `${name}-entry`;
}

/** What the templates' placeholders stand for. */
export function namesFor(tier, name, { number, since }) {
  const many = name.split('-');
  const one = singular(name).split('-');
  const words = one.join(' ');
  const title = many.join(' ');
  return {
    tier,
    name,
    item: camel(one),
    Item: pascal(one),
    Items: pascal(many),
    ITEM: one.join('_').toUpperCase(),
    table: one.join('_'),
    job: many.join('_'),
    id: camel(many),
    words,
    Title: title[0].toUpperCase() + title.slice(1),
    core: tier === 'core' ? '..' : '../../core',
    digits: String(number).padStart(13, '0'),
    since,
  };
}

/** Files of the module by path, ready to be written. */
export function moduleFiles(names, number) {
  const fill = (template) =>
    readFileSync(join(TEMPLATES, `${template}.ts.tpl`), 'utf8').replace(/\{\{(\w+)\}\}/g, (_all, key) => {
      if (names[key] === undefined) throw new Error(`template ${template} has no ${key}`);
      return names[key];
    });
  const folder = `src/modules/${names.tier}/${names.name}`;
  return Object.fromEntries([
    ...KINDS.map((kind) => [`${folder}/${kind === 'index' ? 'index' : `${names.name}.${kind}`}.ts`, fill(kind)]),
    [`migrations/${number}-${names.name}.ts`, fill('migration')],
    [`test/unit/${names.name}/${names.name}.test.ts`, fill('test')],
  ]);
}

/** The number after the last migration's, rounded up to the next ten. */
export function nextNumber(root) {
  const folder = join(root, 'migrations');
  const taken = existsSync(folder) ? readdirSync(folder).map((file) => Number.parseInt(file, 10)) : [];
  return String((Math.floor(Math.max(0, ...taken.filter(Number.isFinite)) / 10) + 1) * 10).padStart(4, '0');
}

function main(args) {
  const into = args.includes('--into') ? resolve(args[args.indexOf('--into') + 1] ?? '') : ROOT;
  const [tier = '', name = ''] = (
    args.find((arg) => arg.includes('/') && !arg.startsWith('--') && arg !== args[args.indexOf('--into') + 1]) ?? ''
  ).split('/');
  if (!TIERS.includes(tier) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    console.error(
      `Usage: npm run new:module <tier>/<name>\n  tier  ${TIERS.join(', ')}\n  name  kebab-case, usually a plural: marketing/vendors`,
    );
    return 2;
  }
  if (existsSync(join(into, 'src', 'modules', tier, name))) {
    console.error(`src/modules/${tier}/${name} is there already.`);
    return 1;
  }
  const number = nextNumber(into);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const names = namesFor(tier, name, { number, since: version.split('.').slice(0, 2).join('.') });
  const files = Object.entries(moduleFiles(names, number));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), text);
    console.log(`wrote ${path}`);
  }
  // Names of other lengths break lines elsewhere than the templates do.
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  spawnSync(process.execPath, [biome, 'format', '--write', '--config-path', ROOT, ...files.map(([path]) => path)], {
    cwd: into,
    stdio: 'ignore',
  });
  console.log(`
Now make it part of Damson:
  migrations/index.ts   list ${names.Items}${names.digits}
  src/entities.ts       list ${names.Item}Entity
  src/container.ts      create${names.Items}({ … }), and hand over its routes and jobs
  then: npm run api && npm run check`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
