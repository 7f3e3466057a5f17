/**
 * Places where a test may kill the process: `FAILPOINT=P6:kill@3` dies by SIGKILL at the third passing of `P6`. Without a setting
 * each place costs one comparison.
 */

interface Armed {
  readonly name: string;
  left: number;
}

let armed: Armed | undefined;

/**
 * Arms one failpoint, or none. Called once, with the value from the configuration.
 * @throws when the text is not `<name>:kill` or `<name>:kill@<hit>`.
 */
export function setFailpoint(spec: string | undefined): void {
  armed = undefined;
  if (spec === undefined || spec === '') return;
  const match = /^([\w.-]+):kill(?:@([1-9]\d*))?$/.exec(spec);
  if (!match?.[1]) throw new Error(`FAILPOINT must be <name>:kill or <name>:kill@<hit>, not ${JSON.stringify(spec)}`);
  armed = { name: match[1], left: Number(match[2] ?? 1) };
}

/** Does nothing unless this place is armed and hit often enough; then the process is gone before this returns. */
export function failpoint(name: string): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left === 0) process.kill(process.pid, 'SIGKILL');
}
