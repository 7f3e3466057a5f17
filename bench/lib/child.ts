import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process of its own for each side of a comparison, so that they share nothing but the machine. */

export interface Child<T> {
  /** What it said when it was ready. */
  readonly ready: T;
  /** Asks for one line of JSON by sending one. */
  ask<A>(question: unknown): Promise<A>;
  readonly pid: number;
  close(): Promise<void>;
}

/**
 * Starts `bench/<path>` and waits for its first line of JSON on stdout. Lines that are no JSON are passed through.
 * @param flags node's own, for a subject that is the product
 */
export async function startChild<T>(path: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<Child<T>> {
  const script = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [...flags, '--import', 'tsx', script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers: unknown[] = [];
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    if (!line.startsWith('{')) return void process.stderr.write(`${line}\n`);
    const next = waiting.shift();
    if (next) next.resolve(JSON.parse(line));
    else answers.push(JSON.parse(line));
  });
  child.once('exit', (code) => {
    for (const each of waiting.splice(0)) each.reject(new Error(`${path} ended with ${code}`));
  });
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      if (answers.length > 0) resolve(answers.shift());
      else if (child.exitCode !== null) reject(new Error(`${path} has ended`));
      else waiting.push({ resolve, reject });
    });
  return {
    ready: (await answer()) as T,
    pid: child.pid ?? 0,
    async ask<A>(question: unknown) {
      child.stdin?.write(`${JSON.stringify(question)}\n`);
      return (await answer()) as A;
    },
    async close() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The child's side: says it is ready, then answers each question. Ends when stdin does, or at SIGTERM after `close`. */
export function serveChild(ready: unknown, answer: (question: unknown) => Promise<unknown>, close: () => Promise<void>): void {
  const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
  let ending: Promise<void> | null = null;
  const end = () => {
    ending ??= close().finally(() => process.exit(0));
  };
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      answer(JSON.parse(line)).then(say, (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      });
    })
    .on('close', end);
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  say(ready);
}
