/** Lines with their columns aligned, for people. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** To stderr: stdout is for what a script reads. */
export function printError(text: string): void {
  process.stderr.write(`damson  ${text}\n`);
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `12.3 MB`, by thousands. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

export interface ProgressBar {
  /** @param label what is at hand, e.g. a file's name */
  show(done: number, total: number, label: string): void;
  end(): void;
}

const REDRAW_MS = 100;
const BAR = 24;

/** One line on a terminal's stderr that is drawn again; nothing at all when stderr is a file. */
export function progressBar(format: (value: number) => string): ProgressBar {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => undefined, end: () => undefined };
  let drawn = 0;
  const draw = (done: number, total: number, label: string): void => {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const full = Math.round(share * BAR);
    const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
    const line = `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${format(done)} of ${format(total)}  ${label}`;
    stderr.write(`\r\u001b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
  };
  return {
    show(done, total, label) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS && done < total) return;
      drawn = now;
      draw(done, total, label);
    },
    end: () => void stderr.write('\r\u001b[2K'),
  };
}
