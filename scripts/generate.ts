/**
 * Writes what is generated from the code: openapi.json, the web app's types, docs/configuration.md and docs/errors.md.
 *
 * tsx scripts/generate.ts [--check]     with --check nothing is written; exit 1 when a file differs
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { configurationPage, errorsPage, type ErrorRow, type Variable } from './pages.ts';

const ROOT = dirname(import.meta.dirname);
const CHECK = process.argv.includes('--check');

const at = (path: string) => join(ROOT, path);
const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(at(path)).href)) as T;

/** What stands in the way of a part, in words; null when it can be generated. */
const missing = (...paths: string[]): string | null => {
  const absent = paths.filter((path) => !existsSync(at(path)));
  return absent.length === 0 ? null : `${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not there`;
};

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

async function generate(): Promise<{ files: Map<string, string>; skipped: string[] }> {
  const files = new Map<string, string>();
  const skipped: string[] = [];

  const noApi = missing('src/openapi.ts');
  if (noApi === null) {
    const { buildOpenApi } = await load<{ buildOpenApi: () => object }>('src/openapi.ts');
    const openapi = `${JSON.stringify(buildOpenApi(), null, 2)}\n`;
    files.set('openapi.json', openapi);
    files.set('web/src/api.d.ts', clientTypes(openapi));
  } else skipped.push(`openapi.json and web/src/api.d.ts: ${noApi}`);

  const noConfig = missing('config/config.ts');
  if (noConfig === null) {
    const { variables } = await load<{ variables: readonly Variable[] }>('config/config.ts');
    files.set('docs/configuration.md', configurationPage(variables));
  } else skipped.push(`docs/configuration.md: ${noConfig}`);

  const noContainer = missing('src/container.ts');
  if (noContainer === null) {
    // Loading the container loads every module, and with it every declared error.
    await load('src/container.ts');
    const { errorKinds } = await load<{ errorKinds: () => ErrorRow[] }>('src/errors.ts');
    files.set('docs/errors.md', errorsPage(errorKinds()));
  } else skipped.push(`docs/errors.md: ${noContainer}`);
  return { files, skipped };
}

const { files, skipped } = await generate();
const stale = [...files].filter(([path, text]) => !existsSync(at(path)) || readFileSync(at(path), 'utf8') !== text);
for (const line of skipped) console.error(`!!! NOT GENERATED, NOT CHECKED: ${line}`);
if (CHECK) {
  for (const [path] of stale) console.error(`${path} is out of date; run: npm run api`);
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
    console.log(`wrote ${path}`);
  }
}
console.log(`${files.size} generated files, ${stale.length} ${CHECK ? 'out of date' : 'changed'}`);
// Loading the container may leave handles behind; nothing was started that would need closing.
process.exit(CHECK && stale.length > 0 ? 1 : 0);
