import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/** Programs some tests need. With REQUIRE_TOOLS=1 (CI) a missing one fails the test instead of skipping it. */
export type Tool = 'ffmpeg' | 'perl' | 'chromium' | 'namespaces' | 'openssl';

const PROBES: Record<Tool, readonly string[][]> = {
  ffmpeg: [
    ['ffmpeg', '-version'],
    ['ffprobe', '-version'],
  ],
  perl: [['perl', '-v']],
  openssl: [['openssl', 'version']],
  chromium: [['chromium', '--version']],
  namespaces: [['unshare', '--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', 'true']],
};

const found = new Map<Tool, boolean>();
const skipped = new Map<Tool, number>();

export function hasTool(tool: Tool): boolean {
  const known = found.get(tool);
  if (known !== undefined) return known;
  const works = PROBES[tool].every(([command = '', ...args]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0);
  found.set(tool, works);
  return works;
}

/** Call first in a test (or `before`): skips it when the tool is missing, and counts that. */
export function requireTool(test: Context, tool: Tool): void {
  if (hasTool(tool)) return;
  if (process.env.REQUIRE_TOOLS === '1') throw new Error(`REQUIRE_TOOLS=1, but ${tool} is not available here`);
  if (skipped.size === 0) process.once('exit', report);
  skipped.set(tool, (skipped.get(tool) ?? 0) + 1);
  test.skip();
}

function report(): void {
  for (const [tool, count] of skipped) process.stdout.write(`skipped for want of ${tool}: ${count} (tests or suites)\n`);
}
