import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Comparison, median, type Verdict, verdict } from './alternate.ts';

/** Tables on the terminal, and results that are kept in `bench/results/`. */

export interface Result {
  readonly name: string;
  readonly title: string;
  /** What was measured against what, with every setting that matters. */
  readonly method: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Versions of what took part. */
  readonly versions: Readonly<Record<string, string>>;
  /** Short runs are for trying out: they are printed, not kept. */
  readonly quick: boolean;
  /** Raw samples. */
  readonly data?: unknown;
  readonly verdict: Verdict | null;
}

const text = (cell: string | number) => (typeof cell === 'number' ? String(Math.round(cell * 1000) / 1000) : cell);

export function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [columns, ...rows.map((row) => row.map(text))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => String(row[at] ?? '').length)));
  const line = (row: readonly unknown[]) => `| ${widths.map((width, at) => String(row[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(columns), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.slice(1).map(line)].join('\n');
}

/** Rows and verdict of a comparison with a goal, e.g. `0.85` of the baseline. `unit` is what the rates count. */
export function compared(result: Omit<Result, 'columns' | 'rows' | 'verdict'>, comparison: Comparison, goal: number, unit: string): Result {
  const said = verdict(comparison.ratio, comparison.spread, goal);
  const samples = (values: readonly number[]) => values.map((value) => value.toFixed(value < 100 ? 2 : 0)).join('  ');
  return {
    ...result,
    columns: ['', `median ${unit}`, 'samples'],
    rows: [
      ['baseline', median(comparison.baseline), samples(comparison.baseline)],
      ['damson', median(comparison.subject), samples(comparison.subject)],
      ['ratio', comparison.ratio, `± ${comparison.spread.toFixed(3)}; goal ${goal}: ${said}`],
    ],
    data: { ...comparison, goal },
    verdict: said,
  };
}

function machine(): Record<string, string | number> {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}

const FOLDER = fileURLToPath(new URL('../results/', import.meta.url));

/** Prints a result; keeps it as JSON and Markdown unless it was a quick run. */
export async function report(result: Result): Promise<void> {
  const on = machine();
  const facts = Object.entries({ ...on, ...result.versions }).map(([name, value]) => `${name} ${value}`);
  const printed = table(result.columns, result.rows);
  process.stdout.write(`\n${result.title}\n${result.method}\n\n${printed}\n${result.quick ? '\nquick run: not kept\n' : ''}`);
  if (result.quick) return;
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}${result.name}.json`, `${JSON.stringify({ date, machine: on, ...result }, null, 2)}\n`);
  await writeFile(
    `${FOLDER}${result.name}.md`,
    `# ${result.title}\n\n${result.method}\n\n${printed}\n\n${date} UTC; ${facts.join(', ')}.\n`,
  );
}
