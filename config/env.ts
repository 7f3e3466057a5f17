import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Problem } from './config-error.ts';

/** The only reader of the process' environment: flat names and texts, nothing else. */

export type Env = Readonly<Record<string, string | undefined>>;

/** A copy of the process' environment. */
export function processEnv(): Env {
  return { ...process.env };
}

/** The variables of a profile in `config/profiles`, e.g. `test`. */
export function profileEnv(name: 'embedded' | 'distributed' | 'test'): Env {
  return parseEnv(readFileSync(new URL(`profiles/${name}.env`, import.meta.url), 'utf8'));
}

/**
 * The value of each named variable, from `NAME` or from the file that `NAME_FILE` points to (one trailing line
 * break is not part of it). An empty value counts as not given, as compose files write it.
 */
export function readVariables(source: Env, names: readonly string[]): { values: Map<string, string>; problems: Problem[] } {
  const values = new Map<string, string>();
  const problems: Problem[] = [];
  for (const name of names) {
    const direct = source[name] || undefined;
    const file = source[`${name}_FILE`] || undefined;
    if (direct !== undefined && file !== undefined) {
      problems.push({ variable: name, given: `both ${name} and ${name}_FILE`, expected: 'only one of the two' });
    } else if (file !== undefined) {
      const text = readText(file);
      if (text === null) problems.push({ variable: `${name}_FILE`, given: file, expected: 'a file this process can read' });
      else if (text !== '') values.set(name, text);
    } else if (direct !== undefined) {
      values.set(name, direct);
    }
  }
  return { values, problems };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return null;
  }
}
