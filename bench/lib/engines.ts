import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Real servers of one bench alone, with fsync on. */
export interface Engines {
  /** The settings that lead Damson to them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('../../scripts/engines.mjs', import.meta.url));
const VARIABLE = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', s3: 'S3_BUCKET' } as const;

/** @throws when one of them is not installed */
export async function startEngines(only: readonly (keyof typeof VARIABLE)[]): Promise<Engines> {
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const dir = join(tmpdir(), `${folder.split('/').at(-1)}-engines`);
  const engines = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args, '--dir', dir], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const variables = JSON.parse(engines('start', '--json', '--only', only.join(','))) as Record<string, string>;
  const stop = async (): Promise<void> => {
    engines('stop');
    await rm(folder, { recursive: true, force: true });
  };
  const absent = only.filter((name) => !variables[VARIABLE[name]]);
  if (absent.length > 0) {
    await stop();
    throw new Error(`this bench needs ${absent.join(' and ')}: apt-get install postgresql redis-server; Go builds the S3 server`);
  }
  const version = (command: string): string =>
    /\d+\.\d+(\.\d+)?/.exec(spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0] ?? '';
  return { variables, versions: { redis: version('redis-server'), postgres: version('psql') }, stop };
}
