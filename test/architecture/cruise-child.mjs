/**
 * Runs dependency-cruiser with our rules in a process of its own: its swc front end does not load under tsx.
 * Arguments: the folders to check. Prints a JSON list of `{ modules, violations }`, one per folder.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = join(import.meta.dirname, '..', '..');
const { forbidden, options } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
const { enhancedResolveOptions, tsConfig, ...rest } = options;

const results = [];
for (const base of process.argv.slice(2)) {
  process.chdir(base);
  const { output } = await cruise(
    ['src', 'config', 'workers', 'migrations'].filter((name) => existsSync(join(base, name))),
    { ...rest, baseDir: base, validate: true, ruleSet: { forbidden } },
    enhancedResolveOptions,
    { tsConfig: extractTsConfig(join(root, tsConfig.fileName)) },
  );
  results.push({
    modules: output.modules.map((module) => module.source),
    violations: output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  });
}
process.stdout.write(JSON.stringify(results));
