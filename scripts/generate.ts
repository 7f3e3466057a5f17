/**
 * Writes what is generated from the code: openapi.json, the web app's types, docs/configuration.md, docs/errors.md and docs/transformations.md.
 *
 * tsx scripts/generate.ts [--check]     with --check nothing is written; exit 1 when a file differs
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { variables } from '../config/config.ts';
// Loading the container loads every module, and with it every declared error; it starts nothing.
import '../src/container.ts';
import { errorKinds } from '../src/errors.ts';
import { buildOpenApi } from '../src/openapi.ts';
import { transformationsPage } from './docs-transformations.ts';
import { configurationPage, errorsPage } from './pages.ts';

const ROOT = dirname(import.meta.dirname);
const CHECK = process.argv.includes('--check');
const at = (path: string) => join(ROOT, path);

/** The types of the web app's client, made by openapi-typescript with the TypeScript 5 of tools/openapi. */
function clientTypes(openapi: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'damson-api-'));
  try {
    writeFileSync(join(folder, 'openapi.json'), openapi);
    const cli = [at('tools/openapi/node_modules'), at('node_modules')]
      .map((modules) => join(modules, 'openapi-typescript', 'bin', 'cli.js'))
      .find((path) => existsSync(path));
    if (cli === undefined) throw new Error('openapi-typescript is not installed; run: npm ci');
    execFileSync(process.execPath, [cli, join(folder, 'openapi.json'), '-o', join(folder, 'api.d.ts')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return readFileSync(join(folder, 'api.d.ts'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const openapi = `${JSON.stringify(buildOpenApi(), null, 2)}\n`;
const files = {
  'openapi.json': openapi,
  'web/src/api.d.ts': clientTypes(openapi),
  'docs/configuration.md': configurationPage(variables),
  'docs/errors.md': errorsPage(errorKinds()),
  'docs/transformations.md': transformationsPage(),
};

const stale = Object.entries(files).filter(([path, text]) => !existsSync(at(path)) || readFileSync(at(path), 'utf8') !== text);
for (const [path, text] of stale) {
  if (CHECK) {
    console.error(`${path} is out of date; run: npm run api`);
    continue;
  }
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
  console.log(`wrote ${path}`);
}
console.log(`${Object.keys(files).length} generated files, ${stale.length} ${CHECK ? 'out of date' : 'changed'}`);
// Libraries that were loaded may hold timers; nothing was started that would need closing.
process.exit(CHECK && stale.length > 0 ? 1 : 0);
