import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/**
 * A lock file between processes, for the short time in which one of them starts or stops the embedded server.
 * A holder that died is recognised by pid *and* start time: after a container restart the same pid is another process.
 */

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly nonce: string;
}

const POLL_MS = 25;

/** Start time of a process as the kernel gives it (with the boot's id), '' where there is no /proc, null when it is gone. */
function startOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
  } catch {
    return null;
  }
}

/** True while the process lives; a zombie counts as dead. */
export function isAlive(pid: number): boolean {
  if (startOf(pid) === null) return false;
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}

async function readHolder(path: string): Promise<Holder | 'absent' | 'unreadable'> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable';
  }
}

/**
 * Runs `work` while holding the lock at `path`.
 * @throws when another living process holds it for longer than `timeoutMs`.
 */
export async function withLockFile<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', nonce: randomUUID() };
  const deadline = Date.now() + timeoutMs;
  while (!(await tryTake(path, mine))) {
    const holder = await readHolder(path);
    if (holder !== 'absent' && holder !== 'unreadable' && startOf(holder.pid) !== holder.started) await takeAway(path, holder);
    else if (Date.now() > deadline)
      throw new Error(
        `${path} is held by process ${holder === 'absent' || holder === 'unreadable' ? '?' : holder.pid} for over ${timeoutMs} ms`,
      );
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** Written aside and linked into place, so that the lock never exists without its content. */
async function tryTake(path: string, mine: Holder): Promise<boolean> {
  const draft = `${path}.${mine.nonce}`;
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes a dead holder's lock; when another process was faster and its new lock was moved by mistake, it is put back. */
async function takeAway(path: string, dead: Holder): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved !== 'absent' && moved !== 'unreadable' && moved.nonce !== dead.nonce) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
