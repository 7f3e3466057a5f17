import { readdir } from 'node:fs/promises';
import { FULL, QUICK, type Rhythm } from './lib/alternate.ts';
import { report, type Result, table } from './lib/report.ts';

/**
 * `npm run bench [-- name …] [--quick]`: runs the benches whose names contain one of the given words (all by default).
 * A bench is a file `bench/<name>.bench.ts` that exports `bench(rhythm, quick)`.
 */

interface Bench {
  bench(rhythm: Rhythm, quick: boolean): Promise<Result>;
}

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const wanted = args.filter((arg) => !arg.startsWith('-'));
const names = (await readdir(new URL('.', import.meta.url)))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .sort();
if (names.length === 0) {
  process.stderr.write(`no bench is called ${wanted.join(', ')}\n`);
  process.exit(2);
}

const summary: string[][] = [];
let failed = false;
for (const name of names) {
  process.stdout.write(`\n# ${name}\n`);
  try {
    const { bench } = (await import(`./${name}.bench.ts`)) as Bench;
    const result = await bench(quick ? QUICK : FULL, quick);
    await report(result);
    summary.push([name, result.verdict ?? 'measured']);
  } catch (error) {
    failed = true;
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    summary.push([name, 'did not run']);
  }
}
process.stdout.write(`\n${table(['bench', 'goal'], summary)}\n`);
process.exit(failed ? 1 : 0);
