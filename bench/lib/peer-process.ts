import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A running peer. */
export interface PeerProcess {
  close(): Promise<void>;
}

export interface PeerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Answers 200 when it is ready. */
  readonly ready: string;
}

/** Starts one and waits until it answers. Its environment is PATH, HOME and what is given. @throws when it ends, or is not ready in two minutes */
export async function startPeer({ command, args, cwd, env = {}, ready }: PeerCommand): Promise<PeerProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  let failed: Error | null = null;
  child.once('error', (error) => {
    failed = error;
  });
  const ended = () => failed !== null || child.exitCode !== null || child.signalCode !== null;
  const close = async () => {
    if (ended()) return;
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await once(child, 'exit');
    clearTimeout(hard);
  };
  for (const until = Date.now() + 120_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (ended()) throw new Error(`${command} ended: ${said}`);
    const good = await fetch(ready).then(
      async (answer) => (await answer.arrayBuffer(), answer.ok),
      () => false,
    );
    if (good) return { close };
  }
  await close();
  throw new Error(`${command} did not answer ${ready}: ${said}`);
}
