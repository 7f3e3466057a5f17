/**
 * A real S3 server for tests and benches: Versity Gateway on a folder (why this one: docs/adr/0401-storage-on-s3.md).
 *
 * node scripts/s3-server.mjs install            builds it with Go into ~/.cache/damson-engines, prints its path
 * node scripts/s3-server.mjs start --dir D      starts it on a free port, makes a bucket, prints S3_* as `export` lines
 * node scripts/s3-server.mjs stop --dir D       stops it; the folder is the caller's
 *
 * Nothing of the server is part of this repository; its source comes through the Go module proxy.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from './ports.mjs';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw';
const VERSION = 'v1.8.0';
const REGION = 'us-east-1';
const BUCKET = 'damson';
const START_MS = 30_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const folder = () => join(homedir(), '.cache', 'damson-engines', `versitygw-${VERSION}`);
const recordFile = (dir) => join(dir, 's3-server.json');

/** Why it cannot be had here; null when it can. */
export function missing() {
  if (existsSync(join(folder(), 'versitygw'))) return null;
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0
    ? null
    : 'Go is not installed, which builds the S3 server (versitygw)';
}

/** Builds the server once per machine; returns the path of the program. */
export function install() {
  const program = join(folder(), 'versitygw');
  if (existsSync(program)) return program;
  const building = `${folder()}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  const env = { ...process.env, GOBIN: building, GOFLAGS: '-trimpath', GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'local' };
  const result = spawnSync('go', ['install', `${MODULE}@${VERSION}`], { env, cwd: '/', encoding: 'utf8', timeout: 20 * 60_000 });
  if (result.status !== 0) {
    rmSync(building, { recursive: true, force: true });
    throw new Error(`building ${MODULE}@${VERSION} failed: ${result.error?.message ?? result.stderr.slice(-2000)}`);
  }
  mkdirSync(folder(), { recursive: true });
  // Two who build at once end with one whole program.
  renameSync(join(building, 'versitygw'), program);
  rmSync(building, { recursive: true, force: true });
  return program;
}

function launch({ port, dir, accessKeyId, secretAccessKey }, beside) {
  const out = openSync(join(dir, 's3-server.log'), 'a');
  const listen = ['--port', `127.0.0.1:${port}`, '--region', REGION, '--keep-alive', '--quiet', '--health', '/health'];
  // Metadata beside the objects only where the file system has no extended attributes: under load they are now and then lost there, when a
  // neighbour's folder is tidied away while they are written.
  const args = [...listen, 'posix', ...(beside ? ['--sidecar', join(dir, 'meta')] : []), join(dir, 'data')];
  const env = { PATH: process.env.PATH, HOME: dir, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey };
  const child = spawn(install(), args, { detached: true, stdio: ['ignore', out, out], env, cwd: dir });
  child.unref();
  return child.pid;
}

function status(port, options = {}) {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, agent: false, ...options }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
    });
    sent.once('error', () => resolve(0)).end();
  });
}

const isRunning = (pid) => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('versitygw');
  } catch {
    return false;
  }
};

async function until(what, check, ms = START_MS) {
  for (const end = Date.now() + ms; !(await check()); await sleep(25)) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
  }
}

/** One signed request by hand, so that this script needs no package: PUT /bucket. */
async function makeBucket({ port, accessKeyId, secretAccessKey }) {
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const sha = (text) => createHash('sha256').update(text).digest('hex');
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers = { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': sha(''), 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['PUT', `/${BUCKET}`, '', lines.join(''), names, sha('')].join('\n');
  const scope = `${time.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const key = scope.split('/').reduce(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha(canonical)].join('\n')).toString('hex');
  const Authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const answered = await status(port, { method: 'PUT', path: `/${BUCKET}`, headers: { ...headers, Authorization } });
  if (answered !== 200) throw new Error(`the S3 server answered ${answered} to the making of a bucket`);
}

/**
 * Starts a server with its data in `dir`, which must exist.
 * @returns {Promise<{ pid: number, port: number, dir: string, variables: Record<string, string> }>} plain data for `stop`, `kill` and `revive`
 */
export async function start({ dir }) {
  for (const name of ['data', 'meta']) mkdirSync(join(dir, name), { recursive: true, mode: 0o700 });
  const keys = { accessKeyId: randomBytes(10).toString('hex'), secretAccessKey: randomBytes(20).toString('hex') };
  const record = { port: await freePort(), dir, ...keys };
  const started = await revive(record);
  await makeBucket(record);
  const variables = {
    S3_ENDPOINT: `http://127.0.0.1:${record.port}`,
    S3_REGION: REGION,
    S3_BUCKET: BUCKET,
    S3_ACCESS_KEY_ID: keys.accessKeyId,
    S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
  };
  return { ...record, ...started, variables };
}

/** Starts it again on the same port and data; returns what changed in the record. */
export async function revive(record) {
  const log = () => readFileSync(join(record.dir, 's3-server.log'), 'utf8').slice(-2000);
  for (const beside of [false, true]) {
    const pid = launch(record, beside);
    let ended = false;
    await until('the S3 server to start', async () => {
      ended = !isRunning(pid);
      return ended || (await status(record.port, { path: '/health' })) === 200;
    });
    if (!ended) return { pid };
    if (!/xattr/i.test(log())) break;
  }
  throw new Error(`the S3 server ended: ${log()}`);
}

async function signalled({ pid }, signal) {
  if (!isRunning(pid)) return;
  process.kill(pid, signal);
  await until('the S3 server to end', () => !isRunning(pid), 20_000);
}

export const stop = (record) => signalled(record, 'SIGTERM');
/** As a crash would. */
export const kill = (record) => signalled(record, 'SIGKILL');

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { dir: { type: 'string' } } });
  const { dir } = values;
  const [verb] = positionals;
  if (verb === 'install') return console.log(install());
  if (dir === undefined || (verb !== 'start' && verb !== 'stop'))
    throw new Error('use: s3-server.mjs install | start --dir D | stop --dir D');
  if (verb === 'stop') return stop(JSON.parse(readFileSync(recordFile(dir), 'utf8')));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const record = await start({ dir });
  writeFileSync(recordFile(dir), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  for (const [name, value] of Object.entries(record.variables)) console.log(`export ${name}='${value}'`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
