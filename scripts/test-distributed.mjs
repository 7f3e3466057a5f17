/**
 * `npm run test:distributed`: the contract and integration suites on whatever engines are configured, and a plain
 * statement of which engine each part ran on. An external PostgreSQL is used when `DATABASE_URL` is set; Redis, S3 and
 * Meilisearch have no implementation in this build, and being asked for one is said loudly instead of passed over.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PARTS = [
  {
    part: 'queue',
    variable: 'REDIS_URL',
    file: 'src/platform/queue/redis.ts',
    embedded: 'BullMQ on PostgreSQL',
    external: 'BullMQ on Redis',
  },
  { part: 'storage', variable: 'S3_ENDPOINT', file: 'src/platform/storage/s3.ts', embedded: 'local disk', external: 'S3' },
  { part: 'search', variable: 'MEILI_URL', file: 'src/platform/search/meilisearch.ts', embedded: 'PostgreSQL', external: 'Meilisearch' },
];

console.log('Engines of this run:');
console.log(
  `  database  ${process.env.DATABASE_URL ? 'DATABASE_URL is set, but the suites of this build start the embedded PostgreSQL' : 'embedded PostgreSQL'}`,
);
for (const { part, variable, file, embedded, external } of PARTS) {
  const built = existsSync(join(ROOT, file));
  const asked = Boolean(process.env[variable]);
  const engine = asked && built ? external : embedded;
  const note =
    asked && !built ? ` (${variable} is set, but ${external} is not in this build)` : built ? '' : ` (${external} is not in this build)`;
  console.log(`  ${part.padEnd(9)} ${engine}${note}`);
}

const folders = ['test/contract', 'test/integration'].filter((path) => existsSync(join(ROOT, path)));
const specs = folders.map((path) => `${path}/**/*.test.ts`);
const child = spawn(process.execPath, [join(ROOT, 'node_modules/mocha/bin/mocha.js'), ...specs], { cwd: ROOT, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
