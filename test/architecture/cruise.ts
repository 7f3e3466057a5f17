import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '..', '..');
export const PRODUCTION = ['src', 'config', 'workers', 'migrations'];

export const rules = (createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as { forbidden: { name: string; comment: string }[] })
  .forbidden;

export interface Cruised {
  /** Files seen, relative to the base folder. */
  readonly modules: string[];
  /** `rule: from -> to` of every violation. */
  readonly violations: string[];
}

/** Runs our rules over the production folders below each base folder. */
export async function cruiseTrees(bases: string[]): Promise<Cruised[]> {
  const child = join(import.meta.dirname, 'cruise-child.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [child, ...bases], {
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout) as Cruised[];
}

/** Files with this ending below a folder, relative to the repository. */
export function sourceFiles(folder: string, ending = /\.ts$/): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}
