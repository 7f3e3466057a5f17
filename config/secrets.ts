import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Config, ConfigError } from './config.ts';
import { appSecretRule } from './variables.ts';

/** Keys of this installation. Everything is derived from one secret, so that there is one thing to keep. */
export interface Secrets {
  /** A key for one purpose, e.g. `preview-token`; the same in every process and after every restart. */
  derive(purpose: string, bytes?: number): Buffer;
  /** The same as base64url text, for libraries that take a string. */
  deriveText(purpose: string): string;
}

/**
 * `APP_SECRET`, or the value kept in `DATA_DIR/secrets.json` (made at the first start, readable by the owner alone).
 * @throws ConfigError when that file cannot be used
 */
export async function openSecrets(config: Pick<Config, 'appSecret' | 'dataDir'>): Promise<Secrets> {
  const root = config.appSecret?.reveal() ?? (await keptSecret(join(config.dataDir, 'secrets.json')));
  const derive = (purpose: string, bytes = 32): Buffer => Buffer.from(hkdfSync('sha256', root, 'damson', purpose, bytes));
  return { derive, deriveText: (purpose) => derive(purpose).toString('base64url') };
}

async function keptSecret(path: string): Promise<string> {
  const kept = await read(path);
  if (kept !== null) return kept;
  await write(path, { appSecret: randomBytes(48).toString('base64url') });
  const written = await read(path);
  if (written === null) throw broken(path);
  return written;
}

async function read(path: string): Promise<string | null> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw broken(path);
  }
  try {
    const parsed: unknown = JSON.parse(content);
    const value = typeof parsed === 'object' && parsed !== null && 'appSecret' in parsed ? parsed.appSecret : null;
    if (typeof value === 'string' && appSecretRule(value) === null) return value;
  } catch {
    // not JSON: the same answer as for a wrong value
  }
  throw broken(path);
}

/** Whole or absent, and never over another process' secret: a link fails where a rename would replace. */
async function write(path: string, content: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
    await unlink(temporary);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) await unlink(temporary);
    else await rename(temporary, path); // a file system without hard links
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function broken(path: string): ConfigError {
  return new ConfigError([
    {
      variable: 'APP_SECRET',
      given: `nothing, and ${path} cannot be used`,
      expected: 'that file as Damson wrote it (restore it from a backup), or APP_SECRET',
    },
  ]);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
