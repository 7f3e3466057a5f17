import { readdir, stat } from 'node:fs/promises';
import { basename, join, posix, relative, resolve, sep } from 'node:path';

export interface LocalFile {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Where it goes in the library. */
  readonly folder: string;
}

/**
 * The files behind the paths; of a folder everything in it, below a folder of its name. Hidden files are left out.
 * Errors: a path that is not there, or neither file nor folder.
 */
export async function collectFiles(paths: readonly string[], folder: string): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  for (const given of paths) {
    const path = resolve(given);
    const found = await stat(path).catch(() => null);
    if (found === null) throw new Error(`there is no ${given}`);
    if (found.isFile())
      files.push({ path, name: basename(path), bytes: found.size, modifiedMs: found.mtimeMs, folder: posix.join('/', folder) });
    else if (found.isDirectory()) files.push(...(await inFolder(path, folder)));
    else throw new Error(`${given} is neither a file nor a folder`);
  }
  return files;
}

async function inFolder(root: string, folder: string): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const parts = relative(root, path).split(sep);
    if (!entry.isFile() || parts.some((part) => part.startsWith('.'))) continue;
    const { size, mtimeMs } = await stat(path);
    const below = parts.slice(0, -1);
    files.push({ path, name: entry.name, bytes: size, modifiedMs: mtimeMs, folder: posix.join('/', folder, basename(root), ...below) });
  }
  return files.sort((a, b) => a.path.localeCompare(b.path));
}
