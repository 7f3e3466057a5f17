import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface WrkOptions {
  readonly url: string;
  readonly threads: number;
  readonly connections: number;
  readonly seconds: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Path of a Lua script. */
  readonly script?: string;
  /** Given to the script's `init`. */
  readonly args?: readonly string[];
}

export interface WrkSample {
  readonly requestsPerSecond: number;
  readonly p99: string;
}

/** Runs wrk once. Throws when any answer was not 2xx or 3xx, or a connection broke: such a figure means nothing. */
export async function wrk(options: WrkOptions): Promise<WrkSample> {
  const headers = Object.entries(options.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = options.script ? ['-s', options.script] : [];
  const { stdout } = await run('wrk', [
    `-t${options.threads}`,
    `-c${options.connections}`,
    `-d${options.seconds}s`,
    '--timeout',
    '30s',
    '--latency',
    ...headers,
    ...script,
    options.url,
    ...(options.args ? ['--', ...options.args] : []),
  ]);
  const bad = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(stdout);
  if (bad) throw new Error(`wrk saw errors: ${bad[0]}`);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  if (!rate) throw new Error(`wrk said nothing useful:\n${stdout}`);
  return { requestsPerSecond: Number(rate), p99: /99%\s+(\S+)/.exec(stdout)?.[1] ?? '?' };
}

/** Whether wrk is there; benches that need it say so instead of failing obscurely. */
export async function wrkVersion(): Promise<string | null> {
  try {
    // It prints its version and exits with 1.
    await run('wrk', ['-v']);
    return 'unknown';
  } catch (error) {
    const text = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    return /wrk (\S+)/.exec(text)?.[1] ?? null;
  }
}
