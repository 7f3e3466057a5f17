import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from './cruise.ts';

interface Manifest {
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly allowScripts: Record<string, boolean>;
  readonly license?: unknown;
}
interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
const manifest = read<Manifest>('package.json');
const packages = Object.entries(read<{ packages: Record<string, Locked> }>('package-lock.json').packages);

/** Below these versions stands a known advisory of 2026. */
const FLOORS: Record<string, string> = { sharp: '0.35.4', multer: '2.2.0', '@tus/server': '2.4.3' };

/** Copyleft packages that are allowed, each with the reason. */
const ALLOWED: Record<string, string> = {
  '@img/sharp-libvips-': 'LGPL-3.0: a shared library beside sharp, replaceable by the user',
  '@img/sharp-': 'LGPL part of the combined licence is that same shared library',
  'libheif-js': 'LGPL-3.0: an unmodified WebAssembly library, replaceable by the user; runs in the sandbox',
  'exiftool-vendored': "ExifTool is Perl's own choice of Artistic or GPL; it runs as a program of its own",
  '@ffmpeg-installer/': 'ffmpeg runs as a program of its own; optional, absent from the container image',
  '@ffprobe-installer/': 'ffprobe runs as a program of its own; optional, absent from the container image',
};
/** Permissive licences, alone or as one choice of several. OFL and UFL are those of typefaces: they may be shipped with anything, under their own names. */
const PERMISSIVE =
  /\b(MIT|MIT-0|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0|PostgreSQL|Zlib|OFL-1\.1|UFL-1\.0)\b/;

const numbers = (version: string) => (version.split('-')[0] ?? '').split('.').map(Number);
function atLeast(version: string, floor: string): boolean {
  const [a, b] = [numbers(version), numbers(floor)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at === -1 || (a[at] ?? 0) > (b[at] ?? 0);
}

/** Every part of a combined licence must be one we can live with; of alternatives one is enough. */
const isPermissive = (licence: string) => licence.split(/ AND /i).every((part) => PERMISSIVE.test(part));

/** What a package says about its licence: the manifest installed, else what the lock remembers. */
function licenceOf(path: string, locked: Locked): string {
  const file = join(ROOT, path, 'package.json');
  if (!existsSync(file)) return locked.license ?? '';
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8')) as {
    license?: string | { type: string };
    licenses?: { type: string }[];
  };
  if (typeof license === 'string') return license;
  return license?.type ?? licenses?.map((one) => one.type).join(' OR ') ?? '';
}

describe('packages', () => {
  it('have exact versions', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).to.deep.equal([]);
  });

  it('stand above the versions with known advisories', () => {
    for (const [name, floor] of Object.entries(FLOORS)) {
      expect(manifest.dependencies, name).to.have.property(name);
      expect(atLeast(manifest.dependencies[name] ?? '0', floor), `${name} >= ${floor}`).to.equal(true);
      const locked = packages.filter(([path]) => path.endsWith(`node_modules/${name}`));
      for (const [path, { version }] of locked) expect(atLeast(version ?? '0', floor), `${path} >= ${floor}`).to.equal(true);
    }
  });

  it('that run in production have licences we can live with', () => {
    const odd = packages
      .filter(([path, locked]) => path.includes('node_modules/') && !locked.dev && !locked.link)
      .map(([path, locked]) => ({
        name: path.split('node_modules/').at(-1) ?? path,
        licence: licenceOf(path, locked),
        installed: existsSync(join(ROOT, path)),
      }))
      .filter(({ name }) => !Object.keys(ALLOWED).some((prefix) => name.startsWith(prefix)))
      // A platform's package that is not installed here and that the lock tells nothing of shares its parent's licence.
      .filter(({ licence, installed }) => (licence === '' && installed) || (licence !== '' && !isPermissive(licence)));
    expect(odd).to.deep.equal([]);
  });

  it('with install scripts are each decided upon', () => {
    const scripted = packages.filter(([, locked]) => locked.hasInstallScript).map(([path]) => path.split('node_modules/').at(-1) ?? path);
    expect(scripted.filter((name) => manifest.allowScripts[name] === undefined)).to.deep.equal([]);
  });

  it('are locked without the address of a registry', () => {
    expect(packages.filter(([, locked]) => locked.resolved?.startsWith('http')).map(([path]) => path)).to.deep.equal([]);
  });
});

describe('scripts', () => {
  it('that run long hand their process over, so that SIGTERM reaches it', () => {
    for (const name of ['start', 'dev', 'test', 'check', 'bench']) expect(manifest.scripts[name], name).to.match(/^exec /);
  });

  it('prepare the clone first', () => {
    expect(manifest.scripts.precheck).to.equal('node scripts/bootstrap.mjs');
    for (const name of ['prestart', 'pretest', 'prebench'])
      expect(manifest.scripts[name], name).to.contain('scripts/bootstrap.mjs --build');
  });
});
