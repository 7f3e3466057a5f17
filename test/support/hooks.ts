import { announceRun, endRun, endRunNow } from './test-server.ts';

/** Once per run, in the parent process also with `--parallel`. */
export function mochaGlobalSetup(): void {
  announceRun();
  // Reached on every way out but SIGKILL; after a proper teardown there is nothing left to do.
  process.on('exit', endRunNow);
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

export async function mochaGlobalTeardown(): Promise<void> {
  await endRun();
}
