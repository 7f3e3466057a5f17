/**
 * Real servers for tests and benches, on free ports of the loopback interface with data in a temporary folder.
 *
 * node scripts/engines.mjs start [--json] [--only postgres,redis,s3] [--dir D] [--fast]
 *                                           prints variables as `export` lines, or as JSON
 * node scripts/engines.mjs stop [--dir D]   stops them and removes the folder
 * node scripts/engines.mjs kill NAME        SIGKILL, as a crash would (postgres | redis | s3)
 * node scripts/engines.mjs revive NAME      starts it again on the same port and data
 *
 * PostgreSQL and Redis are those of the system (Debian: apt-get install postgresql redis-server); an engine that is not installed is
 * named on stderr and left out. S3 comes from scripts/s3-server.mjs. MEILI_URL and MEILI_MASTER_KEY are passed through. `--fast` turns
 * fsync off: for tests that do not cut the power.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from './ports.mjs';
import * as s3 from './s3-server.mjs';

const IS_ROOT = process.getuid?.() === 0;
const START_MS = 60_000;
const ENV = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const secret = () => randomBytes(18).toString('hex');
const defaultDir = () => join(tmpdir(), `damson-engines-${userInfo().username}`);
const stateFile = (dir) => join(dir, 'engines.json');
const load = (dir) => (existsSync(stateFile(dir)) ? JSON.parse(readFileSync(stateFile(dir), 'utf8')) : null);
const save = (dir, state) => writeFileSync(stateFile(dir), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });

function listening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (there) => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/** Of a process of this very kind (numbers are given again) that is not a zombie, which has let go of its port. */
function isRunning(pid, name) {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith(name) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(what, check, ms = START_MS) {
  for (const end = Date.now() + ms; !(await check()); ) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await sleep(25);
  }
}

async function signalled(pid, name, signal) {
  if (!isRunning(pid, name)) return;
  process.kill(pid, signal);
  await until(`${name} to end`, () => !isRunning(pid, name), 20_000);
}

function detached(command, args, log) {
  const out = openSync(log, 'a');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', out, out], env: ENV, cwd: '/' });
  child.unref();
  return child.pid;
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made. */
const asPostgres = (command, args) => (IS_ROOT ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args]);

function postgresBinaries() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (found) return found;
  const which = spawnSync('sh', ['-c', 'dirname "$(readlink -f "$(command -v initdb)")"'], { encoding: 'utf8' });
  const bin = which.stdout.trim();
  return existsSync(join(bin, 'initdb')) ? bin : null;
}

function run(command, args, input) {
  const result = spawnSync(command, args, { encoding: 'utf8', env: ENV, cwd: '/', input });
  if (result.status !== 0) throw new Error(`${command} ${args[0]} failed: ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}

const POSTGRES = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  // The same as the embedded server's, so that a bench compares what it says it compares.
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  password_encryption: 'scram-sha-256',
};

const engines = {
  postgres: {
    missing: () =>
      postgresBinaries() === null
        ? 'PostgreSQL is not installed (apt-get install postgresql)'
        : IS_ROOT && spawnSync('id', ['postgres']).status !== 0
          ? 'there is no user postgres for PostgreSQL to run as'
          : null,
    async create(dir, { fast }) {
      const [password, port] = [secret(), await freePort()];
      const bin = postgresBinaries();
      const folder = join(dir, 'postgres');
      mkdirSync(folder, { mode: 0o700 });
      const passwordFile = join(folder, 'pw');
      writeFileSync(passwordFile, password, { mode: 0o600 });
      if (IS_ROOT) {
        const id = (flag) => Number(run('id', [flag, 'postgres']));
        for (const path of [folder, passwordFile]) chownSync(path, id('-u'), id('-g'));
      }
      const args = [
        '-D',
        join(folder, 'data'),
        '-U',
        'postgres',
        `--pwfile=${passwordFile}`,
        '-A',
        'scram-sha-256',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
      ];
      run(...asPostgres(join(bin, 'initdb'), [...args, ...(fast ? ['--no-sync'] : [])]));
      rmSync(passwordFile);
      const record = { port, password, fast, folder, bin };
      const started = await this.start(record);
      // An owner who is no superuser, as an administrator would hand it out.
      const sql = `create role damson login createdb createrole password '${password}'; create database damson owner damson;`;
      const url = (user, database) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
      for (const statement of sql.split(';').filter((part) => part.trim() !== '')) {
        run(join(bin, 'psql'), ['-d', url('postgres', 'postgres'), '-q', '-v', 'ON_ERROR_STOP=1', '-c', statement]);
      }
      return { ...record, ...started, variables: { DATABASE_URL: url('damson', 'damson') } };
    },
    async start({ port, fast, folder, bin }) {
      const unsafe = fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {};
      const settings = Object.entries({ ...POSTGRES, ...unsafe, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const launch = () =>
        detached(...asPostgres(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...settings]), join(folder, '..', 'postgres.log'));
      // Its lock file says who it is and, last, when it takes connections.
      const server = () => {
        try {
          const lines = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
          const pid = Number(lines[0]);
          return isRunning(pid, 'postgres') ? { pid, ready: lines[7]?.trim() === 'ready' } : null;
        } catch {
          return null;
        }
      };
      let [launched, again] = [launch(), 0];
      await until('PostgreSQL to start', () => {
        if (server()?.ready) return listening(port);
        // After a crash it refuses to start until the last of its old processes has gone.
        if (
          server() === null &&
          !isRunning(launched, IS_ROOT ? 'runuser' : 'postgres') &&
          !isRunning(launched, 'postgres') &&
          Date.now() > again
        ) {
          [launched, again] = [launch(), Date.now() + 500];
        }
        return false;
      });
      return { pid: server().pid };
    },
    stop: ({ pid }) => signalled(pid, 'postgres', 'SIGINT'),
    kill: ({ pid }) => signalled(pid, 'postgres', 'SIGKILL'),
  },
  redis: {
    missing: () =>
      spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0
        ? null
        : 'Redis is not installed (apt-get install redis-server)',
    async create(dir) {
      const [password, port] = [secret(), await freePort()];
      const folder = join(dir, 'redis');
      mkdirSync(folder, { mode: 0o700 });
      const record = { port, password, folder };
      return { ...record, ...(await this.start(record)), variables: { REDIS_URL: `redis://:${password}@127.0.0.1:${port}/0` } };
    },
    async start({ port, password, folder }) {
      const settings = {
        bind: '127.0.0.1',
        port: String(port),
        dir: folder,
        requirepass: password,
        save: '',
        appendonly: 'yes',
        appendfsync: 'everysec',
        'maxmemory-policy': 'noeviction',
        logfile: join(folder, 'redis.log'),
      };
      const file = join(folder, 'redis.conf');
      writeFileSync(
        file,
        Object.entries(settings)
          .map(([name, value]) => `${name} ${value === '' ? '""' : value}\n`)
          .join(''),
        { mode: 0o600 },
      );
      const pid = detached('redis-server', [file], join(folder, 'redis.log'));
      await until('Redis to start', () => listening(port));
      return { pid };
    },
    stop: ({ pid }) => signalled(pid, 'redis', 'SIGTERM'),
    kill: ({ pid }) => signalled(pid, 'redis', 'SIGKILL'),
  },
  s3: {
    missing: s3.missing,
    create(dir) {
      const folder = join(dir, 's3');
      mkdirSync(folder, { mode: 0o700 });
      return s3.start({ dir: folder });
    },
    start: s3.revive,
    stop: s3.stop,
    kill: s3.kill,
  },
};

async function start(dir, { only, fast }) {
  if (load(dir)) throw new Error(`engines run in ${dir} already; stop them first`);
  mkdirSync(dir, { recursive: true });
  // The user postgres must be able to reach its own folder inside; everything in it is closed to others.
  chmodSync(dir, 0o711);
  const state = { engines: {}, left_out: {} };
  const wanted = (name) => only === null || only.includes(name);
  try {
    for (const [name, engine] of Object.entries(engines)) {
      if (!wanted(name)) continue;
      const why = engine.missing();
      if (why !== null) state.left_out[name] = why;
      else state.engines[name] = await engine.create(dir, { fast });
      save(dir, state);
    }
    save(dir, state);
    return state;
  } catch (error) {
    save(dir, state);
    await stop(dir);
    throw error;
  }
}

async function stop(dir) {
  const state = load(dir);
  if (!state) return;
  for (const [name, record] of Object.entries(state.engines)) await engines[name].stop(record);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

function variablesOf(state) {
  const all = Object.assign({}, ...Object.values(state.engines).map((record) => record.variables));
  for (const name of ['MEILI_URL', 'MEILI_MASTER_KEY']) if (process.env[name]) all[name] = process.env[name];
  return all;
}

async function change(dir, name, action) {
  const state = load(dir);
  const record = state?.engines[name];
  if (!record || !engines[name]) throw new Error(`no engine called ${name} runs in ${dir}`);
  if (action === 'kill') await engines[name].kill(record);
  else Object.assign(record, await engines[name].start(record));
  save(dir, state);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, fast: { type: 'boolean' }, dir: { type: 'string' }, only: { type: 'string' } },
  });
  const [verb, name = ''] = positionals;
  const dir = values.dir ?? defaultDir();
  switch (verb) {
    case 'start': {
      const state = await start(dir, { only: values.only?.split(',') ?? null, fast: values.fast === true });
      for (const [engine, why] of Object.entries(state.left_out)) console.error(`${engine}: ${why}`);
      const variables = variablesOf(state);
      if (values.json) console.log(JSON.stringify(variables));
      else for (const [key, value] of Object.entries(variables)) console.log(`export ${key}='${value}'`);
      return;
    }
    case 'stop':
      return stop(dir);
    case 'kill':
    case 'revive':
      return change(dir, name, verb);
    default:
      throw new Error('use: engines.mjs start [--json] [--only …] [--fast] | stop | kill NAME | revive NAME   [--dir D]');
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
