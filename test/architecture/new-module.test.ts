import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { cruiseTrees, ROOT } from './cruise.ts';

const run = promisify(execFile);
const bin = (path: string) => join(ROOT, 'node_modules', path);

/** Runs a tool in the tree; what it printed when it failed, else an empty string. */
async function problems(cwd: string, ...args: string[]): Promise<string> {
  try {
    await run(process.execPath, args, { cwd, env: { ...process.env, NODE_OPTIONS: '' } });
    return '';
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  }
}

describe('new:module', () => {
  let tree: string;
  /** Names no real module will take: a plural, two words, and one that is no plural. */
  const modules = ['marketing/samples', 'library/sample-boxes', 'core/sample-stock'];

  before(async () => {
    tree = mkdtempSync(join(tmpdir(), 'damson-module-'));
    for (const folder of ['src', 'migrations', 'config']) cpSync(join(ROOT, folder), join(tree, folder), { recursive: true });
    for (const file of ['package.json', 'biome.json']) cpSync(join(ROOT, file), join(tree, file));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    mkdirSync(join(tree, 'test'));
    const names = modules.map((module) => module.split('/')[1]);
    const include = modules.map((module) => `src/modules/${module}`);
    writeFileSync(
      join(tree, 'tsconfig.json'),
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: { types: ['node', 'mocha'] },
        include: [...include, ...names.flatMap((name) => [`migrations/*-${name}.ts`, `test/unit/${name}`])],
      }),
    );
    for (const module of modules) {
      expect(await problems(ROOT, join(ROOT, 'scripts/new-module.mjs'), module, '--into', tree)).to.equal('');
    }
  });
  after(() => rmSync(tree, { recursive: true, force: true }));

  it('writes the nine files, a migration and a test', () => {
    for (const module of modules) {
      const name = module.split('/')[1] ?? '';
      const kinds = ['entity', 'events', 'jobs', 'policy', 'repository', 'routes', 'schema', 'service'].map((kind) => `${name}.${kind}.ts`);
      expect(readdirSync(join(tree, 'src/modules', module))).to.have.members(['index.ts', ...kinds]);
      expect(readdirSync(join(tree, 'migrations')).filter((file) => file.endsWith(`-${name}.ts`))).to.have.length(1);
    }
    expect(new Set(readdirSync(join(tree, 'migrations')).map((file) => file.slice(0, 4))).size).to.equal(
      readdirSync(join(tree, 'migrations')).length,
    );
  });

  it('writes code that compiles, is formatted and whose own tests pass', async () => {
    expect(await problems(tree, bin('typescript/bin/tsc'), '--noEmit', '-p', '.')).to.equal('');
    const folders = modules.flatMap((module) => [`src/modules/${module}`, `test/unit/${module.split('/')[1]}`]);
    expect(await problems(tree, bin('@biomejs/biome/bin/biome'), 'format', ...folders)).to.equal('');
    expect(
      await problems(tree, bin('mocha/bin/mocha.js'), '--no-config', '--node-option', 'import=tsx', 'test/unit/**/*.test.ts'),
    ).to.equal('');
  });

  it('keeps the import rules', async () => {
    const [result] = await cruiseTrees([tree]);
    const added = (result?.violations ?? []).filter((line) => modules.some((module) => line.includes(`src/modules/${module}/`)));
    expect(added).to.deep.equal([]);
    expect(result?.modules ?? []).to.include('src/modules/marketing/samples/samples.service.ts');
  });

  it('refuses a tier that is none, a bad name and a module that exists', async () => {
    const script = join(ROOT, 'scripts/new-module.mjs');
    for (const bad of ['sales/vendors', 'core/Vendors', 'core/', 'vendors']) {
      expect(await problems(ROOT, script, bad, '--into', tree), bad).to.contain('Usage');
    }
    expect(await problems(ROOT, script, 'marketing/samples', '--into', tree)).to.contain('is there already');
  });
}).timeout(300_000);
