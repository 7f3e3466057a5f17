import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const resolvePackage = createRequire(import.meta.url);

export interface FfmpegTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly version: string;
  /** From npm, years old: for trying out only. */
  readonly bundled: boolean;
  /** Filters it was built with, by name. */
  readonly filters: ReadonlySet<string>;
}

export interface ToolOptions {
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  /** Refuses the bundled builds. */
  readonly production: boolean;
  /** Where programs are looked for: PATH. */
  readonly searchPath: string;
}

const OLDEST_FFMPEG = [5, 1] as const;

/** Full path of a program in PATH; null when it is not there. */
export async function which(name: string, searchPath: string): Promise<string | null> {
  for (const directory of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(directory, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here: the next directory may have it.
    }
  }
  return null;
}

async function versionOf(path: string): Promise<string | null> {
  try {
    const { stdout } = await run(path, ['-hide_banner', '-version'], { timeout: 10_000, env: {} });
    return /^ff(?:mpeg|probe) version (\S+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** ` T.C scale   V->V   …` for each; asked once, since builds differ. */
async function filtersOf(path: string): Promise<ReadonlySet<string>> {
  const { stdout } = await run(path, ['-hide_banner', '-filters'], { timeout: 10_000, env: {}, maxBuffer: 2 ** 22 });
  return new Set([...stdout.matchAll(/^ [T.][S.][C.]? +([a-z0-9_]+) +\S+->\S+/gim)].map(([, name = '']) => name));
}

function recent(version: string): boolean {
  const [, major = '0', minor = '0'] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  // A build from git ("N-109…", "git-2023…") says no number; take the person's word for one they installed.
  if (major === '0') return /^(N-|git|20)/.test(version);
  return Number(major) > OLDEST_FFMPEG[0] || (Number(major) === OLDEST_FFMPEG[0] && Number(minor) >= OLDEST_FFMPEG[1]);
}

function packagedPath(name: string): string | null {
  try {
    const found: unknown = resolvePackage(name);
    return typeof found === 'object' && found !== null && 'path' in found && typeof found.path === 'string' ? found.path : null;
  } catch {
    // Optional packages: absent on other systems and where optional dependencies are left out.
    return null;
  }
}

/** The ffmpeg to use: configured, else of PATH (5.1 or newer), else the bundled one outside production. Null: none. */
export async function findFfmpeg(options: ToolOptions): Promise<FfmpegTools | null> {
  const ffmpeg = options.ffmpegPath ?? (await which('ffmpeg', options.searchPath));
  const ffprobe = options.ffprobePath ?? (await which('ffprobe', options.searchPath));
  if (ffmpeg && ffprobe) {
    const version = await versionOf(ffmpeg);
    if (version && recent(version) && (await versionOf(ffprobe)))
      return { ffmpeg, ffprobe, version, bundled: false, filters: await filtersOf(ffmpeg) };
  }
  if (options.production) return null;
  const own = { ffmpeg: packagedPath('@ffmpeg-installer/ffmpeg'), ffprobe: packagedPath('@ffprobe-installer/ffprobe') };
  if (!own.ffmpeg || !own.ffprobe) return null;
  const version = await versionOf(own.ffmpeg);
  return version ? { ffmpeg: own.ffmpeg, ffprobe: own.ffprobe, version, bundled: true, filters: await filtersOf(own.ffmpeg) } : null;
}
