import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Exit codes: done, failed, called wrongly (or badly configured). */
export const DONE = 0;
export const FAILED = 1;
export const WRONG_USE = 2;

/** One verb of `damson`. */
export interface Verb {
  /** How it is called, without `damson`. */
  readonly usage: string;
  readonly summary: string;
  /** Option lines and examples for `--help`. */
  readonly help: string;
  /** @returns the exit code. Errors: `UsageError` for a wrong call; anything else is shown as a failure. */
  run(args: string[]): Promise<number>;
}

/** The call itself was wrong; the help is pointed to. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** `node:util`'s parser with our kind of error. */
export function readArgs<const O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The value of an option that must be given. */
export function needed(name: string, value: string | undefined): string {
  if (value === undefined || value.trim() === '') throw new UsageError(`--${name} is needed`);
  return value.trim();
}
