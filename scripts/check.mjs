/**
 * `npm run check`: everything that must hold, cheapest first. What CI runs.
 *
 * node scripts/check.mjs [--keep-going] [step …]     without steps: all; stops at the first failure unless told otherwise
 *
 * Ends with a table of times, and with mocha's totals as `N passed, N failed` when the tests ran.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const there = (path) => existsSync(join(ROOT, path));
const tool = (path, ...args) => [process.execPath, [join(ROOT, 'node_modules', path), ...args]];
const npm = (...args) =>
  /npm-cli\.c?js$/.test(process.env.npm_execpath ?? '') ? [process.execPath, [process.env.npm_execpath, ...args]] : ['npm', args];
/** The folders that hold code of ours; named, because a linked node_modules would be followed. */
const CODE = ['config', 'src', 'workers', 'migrations', 'test', 'bench', 'scripts', 'bin', 'web/src'].filter(there);

const STEPS = [
  { name: 'format', commands: [tool('@biomejs/biome/bin/biome', 'format', '.')] },
  {
    name: 'lint',
    commands: [tool('@biomejs/biome/bin/biome', 'lint', '.'), tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', ...CODE)],
  },
  {
    name: 'types',
    commands: [
      tool('typescript/bin/tsc', '--noEmit', '-p', '.'),
      tool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.browser.json'),
      ...(there('web/tsconfig.json') ? [tool('typescript/bin/tsc', '--noEmit', '-p', 'web')] : []),
    ],
  },
  { name: 'lock', commands: [npm('ci', '--dry-run', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts')] },
  {
    name: 'imports',
    commands: [
      tool('mocha/bin/mocha.js', '--reporter', 'dot', 'test/architecture/import-rules.test.ts', 'test/architecture/sizes.test.ts'),
    ],
    spec: true,
  },
  { name: 'dead', commands: [tool('knip/bin/knip.js', '--no-progress')] },
  { name: 'drift', commands: [tool('tsx/dist/cli.mjs', 'scripts/generate.ts', '--check')] },
  { name: 'tests', commands: [npm('test')], totals: true },
];

/** Runs a command with its output shown; resolves to its success and what it printed. */
function run([command, args], env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    let text = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      text += chunk;
    });
    const pass = (signal) => child.kill(signal);
    process.once('SIGTERM', pass).once('SIGINT', pass);
    child.on('error', (error) => resolve({ ok: false, text: String(error) }));
    child.on('close', (code) => {
      process.off('SIGTERM', pass).off('SIGINT', pass);
      resolve({ ok: code === 0, text });
    });
  });
}

/** mocha's own totals: the last line of each kind it printed; null when it did not get that far. */
function totals(text) {
  const last = (word) => Number([...text.matchAll(new RegExp(`^\\s+(\\d+) ${word}\\b`, 'gm'))].at(-1)?.[1] ?? 0);
  if (!/^\s+\d+ passing\b/m.test(text)) return null;
  return { passed: last('passing'), failed: last('failing'), skipped: last('pending') };
}

const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const keepGoing = process.argv.includes('--keep-going');
const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`Unknown step: ${unknown.join(', ')}. Steps: ${STEPS.map((step) => step.name).join(' ')}`);
  process.exit(2);
}

const rows = [];
let counted = null;
for (const step of STEPS.filter((one) => names.length === 0 || names.includes(one.name))) {
  if (rows.some((row) => !row.ok) && !keepGoing) {
    rows.push({ name: step.name, ok: true, time: 'not run' });
    continue;
  }
  console.log(`\n=== ${step.name}`);
  const started = performance.now();
  let ok = true;
  for (const command of step.commands) {
    const result = await run(command, step.name === 'tests' ? { FORCE_COLOR: '0' } : {});
    ok &&= result.ok;
    if (step.totals) counted = totals(result.text);
  }
  rows.push({ name: step.name, ok, time: `${((performance.now() - started) / 1000).toFixed(1)} s` });
}

console.log('\n=== summary');
for (const { name, ok, time } of rows)
  console.log(`${name.padEnd(10)} ${(time === 'not run' ? '-' : ok ? 'ok' : 'FAILED').padEnd(8)} ${time}`);
if (counted !== null) {
  if (counted.skipped > 0) console.log(`${counted.skipped} tests skipped`);
  console.log(`${counted.passed} passed, ${counted.failed} failed`);
}
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;
