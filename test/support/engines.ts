import type { Context } from 'mocha';

/** Servers some tests need. REQUIRE_ENGINES (CI: `redis,s3`) names those whose absence fails a test instead of skipping it; `1` = all. */

const skipped = new Map<string, number>();

/** The first of these variables that is set: where a server for tests is; undefined when there is none. */
export function engineUrl(...variables: readonly string[]): string | undefined {
  return variables.map((name) => process.env[name]).find((value) => value !== undefined && value !== '');
}

/** Skips the test for want of a server, and counts that. @param how what would have made it run, e.g. `set REDIS_URL` */
export function skipEngine(test: Context, engine: string, how: string): void {
  const required = (process.env.REQUIRE_ENGINES ?? '').split(',');
  if (required.includes('1') || required.includes(engine.toLowerCase()))
    throw new Error(`REQUIRE_ENGINES=${process.env.REQUIRE_ENGINES}, but there is no ${engine}: ${how}`);
  if (skipped.size === 0) process.once('exit', report);
  const line = `${engine} (${how})`;
  skipped.set(line, (skipped.get(line) ?? 0) + 1);
  test.skip();
}

/** A suite that runs where the engine is, and is one skipped test where it is not. */
export function onEngine(engine: string, variables: readonly string[], suite: (url: string) => void): void {
  const url = engineUrl(...variables);
  if (url !== undefined) suite(url);
  else
    describe(`on ${engine}`, () => {
      it('has no server to run on', function () {
        skipEngine(this, engine, `set ${variables.join(' or ')}`);
      });
    });
}

function report(): void {
  for (const [line, count] of skipped) process.stdout.write(`skipped for want of ${line}: ${count} (tests or suites)\n`);
}
