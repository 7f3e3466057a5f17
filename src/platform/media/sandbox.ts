import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How a decoder is locked in. `full`: own user, process, network and mount namespaces; of the hidden directories a job sees its own
 * room alone, a child that serves many jobs the rooms and (read-only) the files; `network`: no network, own processes; `limits`: rlimits and the deadline only; `none`: the deadline only.
 */
export type SandboxLevel = 'full' | 'network' | 'limits' | 'none';

/** rlimits of one job. */
export interface Limits {
  /** CPU seconds. */
  readonly cpuSeconds?: number;
  /** Address space in bytes. Node needs 2 GiB of it to start. */
  readonly addressSpace?: number;
  /** Largest file it may write, bytes. */
  readonly fileSize?: number;
  readonly openFiles?: number;
}

/** A job's private directory and the file it may read there, as `input`; `more` are there as `input-1` and so on. */
export interface JobRoom {
  readonly directory: string;
  readonly input: string;
  readonly more?: readonly string[];
}

export interface SandboxOptions {
  readonly mode: 'auto' | 'required' | 'off';
  /** Parent of all job directories. */
  readonly tempDir: string;
  /** More directories a job must not see (secrets, stored files, database). */
  readonly hide: readonly string[];
  /** The files that children serving many jobs open by path; within a hidden directory, this one they see. */
  readonly files?: string | undefined;
}

const UNSHARE = ['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Covers each directory up to `--` with an empty one. */
const COVER = [
  'while [ "$1" != "--" ]; do',
  '  if [ -d "$1" ]; then mount -t tmpfs -o size=64k tmpfs "$1"; fi',
  '  shift',
  'done',
  'shift',
].join('\n');

/**
 * Runs as root of the new namespaces: binds the inputs (up to `--`) read-only, then covers the hidden directories with empty ones
 * and brings back only the job's. The working directory keeps the covered one reachable for that last bind.
 */
const ENTER_ROOM = [
  'set -e',
  'job=$1; name=input; n=0; shift',
  'while [ "$1" != "--" ]; do',
  '  : > "$job/$name"',
  '  mount --bind "$1" "$job/$name"',
  '  mount -o remount,bind,ro "$job/$name"',
  '  n=$((n+1)); name=input-$n',
  '  shift',
  'done',
  'shift',
  'cd "$job"',
  COVER,
  'mkdir -p "$job"',
  'mount --no-canonicalize --rbind . "$job"',
  'cd "$job"',
  'exec "$@"',
].join('\n');

/**
 * The same for a child that serves many jobs: it keeps the rooms and the stored files, which reach it as paths. Descriptors keep
 * them reachable while they are covered; 3 is node's channel to its parent.
 */
const ENTER_SHARED = [
  'set -e',
  'rooms=$1; files=$2; shift 2',
  'cd /',
  'exec 8<"$rooms" 9<"$files"',
  COVER,
  'mkdir -p "$rooms" "$files"',
  'mount --no-canonicalize --rbind /proc/self/fd/8 "$rooms"',
  'if [ "$files" != "$rooms" ]; then',
  '  mount --no-canonicalize --rbind /proc/self/fd/9 "$files"',
  '  mount -o remount,bind,ro "$files"',
  'fi',
  'exec 8<&- 9<&-',
  'exec "$@"',
].join('\n');

/** Root of its own namespaces could simply unmount the covers; without capabilities it cannot, nor gain them in further namespaces. */
const WITHOUT_RIGHTS = ['setpriv', '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--'];

/** Ends a decoder with the server, also when that is killed: ExifTool for one would wait for ever on its closed input. */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'];

const RUN_IN = 'cd "$1" && shift && exec "$@"';

function rlimits(limits: Limits): string[] {
  const flags = ['--core=0'];
  if (limits.cpuSeconds !== undefined) flags.push(`--cpu=${limits.cpuSeconds}`);
  if (limits.addressSpace !== undefined) flags.push(`--as=${limits.addressSpace}`);
  if (limits.fileSize !== undefined) flags.push(`--fsize=${limits.fileSize}`);
  if (limits.openFiles !== undefined) flags.push(`--nofile=${limits.openFiles}`);
  return ['prlimit', ...flags, '--'];
}

function works(argv: readonly string[]): boolean {
  const [command = '', ...args] = argv;
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

const inside = (path: string, directory: string): boolean => path === directory || path.startsWith(directory + sep);

/** The level the system allows is found out once, by trying. */
export class Sandbox {
  readonly level: SandboxLevel;
  readonly detail: string;
  private readonly hidden: string[];
  private readonly rooms: string;
  private readonly files: string;
  private readonly tie: string[];

  /** Throws when `mode` is `required` and namespaces are refused. */
  constructor(options: SandboxOptions) {
    mkdirSync(options.tempDir, { recursive: true, mode: 0o700 });
    // Covering the program itself would keep every job from starting.
    const needed = [process.execPath, fileURLToPath(import.meta.url)];
    this.hidden = [options.tempDir, ...options.hide]
      .map((path) => resolve(path))
      .filter((path) => !needed.some((file) => inside(file, path)))
      // A directory inside a covered one is gone already.
      .filter((path, _at, all) => !all.some((other) => other !== path && inside(path, other)));
    this.rooms = resolve(options.tempDir);
    this.files = resolve(options.files ?? options.tempDir);
    this.tie = works([...WITH_PARENT, 'true']) ? WITH_PARENT : [];
    this.level = options.mode === 'off' ? (works([...rlimits({}), 'true']) ? 'limits' : 'none') : this.detect(options.tempDir);
    this.detail = DETAILS[this.level];
    if (options.mode === 'required' && this.level !== 'full') {
      throw new Error(
        `SANDBOX=required, but this system does not allow it: ${this.detail} Allow unprivileged user namespaces, or set SANDBOX=auto.`,
      );
    }
  }

  get mode(): 'namespaces' | 'limits' | 'none' {
    return this.level === 'full' || this.level === 'network' ? 'namespaces' : this.level;
  }

  /** `command` with limits around it and, when given, inside its room (a directory with one readable `input`). */
  wrap(command: readonly string[], limits: Limits, room?: JobRoom): string[] {
    return [...this.tie, ...this.wrapAt(this.level, command, limits, room)];
  }

  private wrapAt(level: SandboxLevel, command: readonly string[], limits: Limits, room?: JobRoom): string[] {
    const limited = level === 'none' ? [] : rlimits(limits);
    if (level === 'full') {
      const enter = room
        ? [ENTER_ROOM, 'sh', room.directory, room.input, ...(room.more ?? []), '--']
        : [ENTER_SHARED, 'sh', this.rooms, this.files];
      // What is shown whole need not be covered; and a cover on top of it would come back with it.
      const hidden = room ? this.hidden : this.hidden.filter((path) => path !== this.rooms && path !== this.files);
      const rights = this.tie.length > 0 ? WITHOUT_RIGHTS : [];
      return [...limited, ...UNSHARE, '--mount', '--', '/bin/sh', '-c', ...enter, ...hidden, '--', ...rights, ...command];
    }
    const isolated = level === 'network' ? [...UNSHARE, '--'] : [];
    const moved = room ? ['/bin/sh', '-c', RUN_IN, 'sh', room.directory] : [];
    return [...limited, ...isolated, ...moved, ...command];
  }

  private detect(tempDir: string): SandboxLevel {
    const directory = mkdtempSync(join(tempDir, 'probe-'));
    const input = `${directory}.txt`;
    writeFileSync(input, 'damson');
    try {
      const room = { directory, input };
      const check = ['/bin/sh', '-c', 'test "$(cat input)" = damson && : > output'];
      const full = works(this.wrapAt('full', check, { openFiles: 64 }, room)) && works(this.wrapAt('full', ['true'], { openFiles: 64 }));
      if (full) return 'full';
      if (works(this.wrapAt('network', ['true'], {}))) return 'network';
      return works([...rlimits({}), 'true']) ? 'limits' : 'none';
    } finally {
      rmSync(directory, { recursive: true, force: true });
      rmSync(input, { force: true });
    }
  }
}

const DETAILS: Record<SandboxLevel, string> = {
  full: 'Decoders run without network, with limits, and see no secrets, no database and no other job.',
  network: 'Decoders run without network and with limits; private mounts are refused, so a job could read other files.',
  limits: 'Decoders run with limits and a deadline only; namespaces are refused or switched off.',
  none: 'Decoders run with a deadline only; neither namespaces nor prlimit are available.',
};

/** Sends SIGKILL to a detached child and everything it started. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}
