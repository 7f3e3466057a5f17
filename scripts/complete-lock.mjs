/**
 * Completes package-lock.json after `npm install`.
 *
 * Where the registry in use does not carry some other system's platform package, `npm install` leaves its
 * entry out and `npm ci` then refuses the lock ("Missing: ... from lock file"). For every optional dependency
 * with an exact version and no entry this adds one with the systems it is for, read from its name, so that
 * `npm ci` passes here and fetches the package where it is needed. Addresses of the registry that happened to
 * be in use are removed: the lock must work with any.
 *
 * node scripts/complete-lock.mjs [--check]   exit 1 with --check when something would change
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'wasi'];
const CPUS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
/** Words some packages use instead of node's own names. */
const ALIASES = { windows: 'win32', linux64: 'linux', armhf: 'arm', armv6: 'arm', armv7: 'arm', riscv: 'riscv64', x86: 'ia32' };

/** The systems, processors and C library a platform package is for, read from its name. */
export function platformOf(name) {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => ALIASES[word] ?? word);
  const os = words.filter((word) => SYSTEMS.includes(word) && word !== 'wasi');
  const cpu = words.filter((word) => CPUS.includes(word));
  const last = words.at(-1) ?? '';
  const libc = last.startsWith('musl') ? ['musl'] : last.startsWith('gnu') && os.includes('linux') ? ['glibc'] : [];
  return { ...(os.length > 0 && { os }), ...(cpu.length > 0 && { cpu }), ...(libc.length > 0 && { libc }) };
}

/** True when `dependency`, asked for by the package at `from`, has an entry anywhere node would look. */
function isLocked(packages, from, dependency) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const prefix = base === '' ? '' : `${base}/`;
    if (`${prefix}node_modules/${dependency}` in packages) return true;
    if (base === '') return false;
    if (!base.includes('/node_modules/')) base = '';
  }
}

/** Adds the missing entries to a parsed lock in place; returns the names added. */
export function completeLock(lock) {
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) continue;
      if (path === '' || isLocked(lock.packages, path, name) || `node_modules/${name}` in lock.packages) continue;
      const flags = entry.dev || entry.devOptional ? { dev: true } : {};
      lock.packages[`node_modules/${name}`] = { version, ...flags, optional: true, ...platformOf(name) };
      added.push(`${name}@${version}`);
    }
    if (typeof entry.resolved === 'string' && entry.resolved.startsWith('http')) delete entry.resolved;
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  return added;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const before = readFileSync(FILE, 'utf8');
  const lock = JSON.parse(before);
  const added = completeLock(lock);
  const after = `${JSON.stringify(lock, null, 2)}\n`;
  if (process.argv.includes('--check')) {
    if (added.length > 0) {
      console.error(`package-lock.json lacks ${added.length} entries; run: node scripts/complete-lock.mjs`);
      process.exit(1);
    }
  } else if (after !== before) {
    writeFileSync(FILE, after);
    console.log(`package-lock.json: ${added.length} entries added`);
  } else console.log('package-lock.json: complete');
}
