/**
 * `npm run test:distributed`: the contract suites of every adapter and the whole integration suite on the real servers that
 * `DATABASE_URL`, `REDIS_URL`, `S3_ENDPOINT` (with its keys) and `MEILI_URL` name; the embedded part stands in for each that is not set.
 * Says which engine each part ran on, and fails when one that it was told to use does not answer.
 *
 * node scripts/test-distributed.mjs [--start] [spec …]
 *
 * --start   starts PostgreSQL, Redis and S3 of this machine for the run (scripts/engines.mjs) and stops them afterwards
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ENGINES = join(ROOT, 'scripts/engines.mjs');
const args = process.argv.slice(2);
const given = args.filter((arg) => !arg.startsWith('--'));
const env = { ...process.env, TEST_STACK: 'distributed' };

let dir = null;
if (args.includes('--start')) {
  dir = mkdtempSync(join(tmpdir(), 'damson-engines-'));
  // PostgreSQL runs as a user of its own and must get to its folder.
  chmodSync(dir, 0o711);
  const started = spawnSync(process.execPath, [ENGINES, 'start', '--json', '--fast', '--dir', join(dir, 'run')], { encoding: 'utf8' });
  process.stderr.write(started.stderr);
  if (started.status !== 0) stop(1);
  const { variables = {}, ...flat } = JSON.parse(started.stdout);
  for (const [name, value] of Object.entries({ ...flat, ...variables })) if (typeof value === 'string') env[name] ??= value;
}

function stop(code) {
  if (dir !== null) {
    spawnSync(process.execPath, [ENGINES, 'stop', '--dir', join(dir, 'run')], { stdio: 'inherit' });
    rmSync(dir, { recursive: true, force: true });
  }
  process.exit(code);
}

/** What the server says it is; throws when it does not answer. */
const PARTS = [
  {
    part: 'database',
    variable: 'DATABASE_URL',
    embedded: 'embedded PostgreSQL',
    ask: async (url) => {
      const { default: pg } = await import('pg');
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
      await client.connect();
      const { rows } = await client.query('show server_version');
      await client.end();
      return `PostgreSQL ${rows[0].server_version}`;
    },
  },
  {
    part: 'queue',
    variable: 'REDIS_URL',
    embedded: 'BullMQ on PostgreSQL',
    ask: async (url) => {
      const { Redis } = await import('ioredis');
      const client = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 5000 });
      client.on('error', () => undefined); // the command that fails says it
      try {
        await client.connect();
        return `BullMQ on Redis ${/redis_version:(\S+)/.exec(await client.info('server'))?.[1]}`;
      } finally {
        client.disconnect();
      }
    },
  },
  {
    part: 'storage',
    variable: 'S3_ENDPOINT',
    embedded: 'local disk',
    ask: async (url) => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
      return `S3 (${answer.headers.get('server') ?? 'a server that does not say its name'})`;
    },
  },
  {
    part: 'search',
    variable: 'MEILI_URL',
    embedded: 'PostgreSQL (MEILI_URL is not set: the Meilisearch suites do not run)',
    ask: async (url) => {
      const answer = await fetch(new URL('/version', url), {
        headers: env.MEILI_MASTER_KEY ? { Authorization: `Bearer ${env.MEILI_MASTER_KEY}` } : {},
        signal: AbortSignal.timeout(5000),
      });
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      return `Meilisearch ${(await answer.json()).pkgVersion}`;
    },
  },
];

console.log('Engines of this run:');
let failed = false;
for (const { part, variable, embedded, ask } of PARTS) {
  const url = env[variable];
  let engine = embedded;
  if (url) {
    try {
      engine = await ask(url);
    } catch (error) {
      failed = true;
      engine = `FAILED: ${variable} is set, but its server does not answer: ${error.cause?.message ?? error.message}`;
    }
  }
  console.log(`  ${part.padEnd(9)} ${engine}`);
}
if (failed) stop(1);

// mocha only warns of a pattern that matches nothing, as long as another one does.
const { lookupFiles } = createRequire(import.meta.url)('mocha/lib/cli/lookup-files');
for (const spec of given) {
  try {
    lookupFiles(spec, ['.ts'], true);
  } catch (error) {
    console.error(error.message);
    stop(1);
  }
}

const specs = given.length > 0 ? given : ['test/contract/**/*.test.ts', 'test/integration/**/*.test.ts'];
// Clients keep idle connections to the servers open; the run is over when the last test is.
const child = spawn(process.execPath, [join(ROOT, 'node_modules/mocha/bin/mocha.js'), '--exit', ...specs], {
  cwd: ROOT,
  stdio: 'inherit',
  env,
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => stop(code ?? 1));
