import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../../src/platform/database/embedded.ts';
import { isAlive } from '../../src/platform/database/embedded-lock.ts';
import { readPostmaster, socketPath } from '../../src/platform/database/embedded-server.ts';
import { silentLog } from '../../src/platform/log.ts';
import { until } from '../support/until.ts';

const HOLDER = new URL('../support/embedded-holder.ts', import.meta.url);

async function query<R>(url: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as R[];
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];
  const open = () => startEmbedded({ dataDir, log: silentLog });

  /** Another process that holds the server; resolves with its url when it does. */
  const holder = (): Promise<{ child: ChildProcess; url: string; attached: boolean }> =>
    new Promise((resolve, reject) => {
      const child = fork(HOLDER, [dataDir], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      children.push(child);
      child.once('message', (message) => resolve({ child, ...(message as { url: string; attached: boolean }) }));
      child.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)));
    });
  const ended = (child: ChildProcess) => until('the process to end', () => child.exitCode !== null || child.signalCode !== null);

  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'damson-embedded-'));
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    const left = readPostmaster(join(dataDir, 'postgres'));
    if (left && isAlive(left.pid)) {
      process.kill(left.pid, 'SIGINT');
      await until('the server to stop', () => !isAlive(left.pid));
    }
  });
  after(() => rmSync(dataDir, { recursive: true, force: true }));

  it('starts on an empty folder, with durable settings, and keeps its access data to itself', async () => {
    const server = await open();
    expect(server.attached).to.equal(false);
    const [settings] = await query<Record<string, string>>(
      server.url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('full_page_writes') as pages, current_setting('server_encoding') as encoding`,
    );
    expect(settings).to.deep.equal({ fsync: 'on', commit: 'on', pages: 'on', encoding: 'UTF8' });
    expect(statSync(join(dataDir, 'postgres.json')).mode & 0o777).to.equal(0o600);
    const [connection] = await query<{ tcp: boolean }>(server.url, 'select inet_server_addr() is not null as tcp');
    expect(connection, 'through its own socket').to.deep.equal({ tcp: false });
    await query(server.url, 'create table kept as select 1 as n');
    await server.close();
    expect(readPostmaster(join(dataDir, 'postgres'))).to.equal(null);
  });

  it('uses its port alone where a socket cannot be', async () => {
    expect(socketPath('/data/postgres/postgres', 5432)).to.equal('/data/postgres/postgres/.s.PGSQL.5432');
    expect(socketPath('/data/a"b', 5432)).to.equal(null);
    const deep = join(dataDir, 'd'.repeat(90));
    expect(socketPath(join(deep, 'postgres'), 5432)).to.equal(null);
    const server = await startEmbedded({ dataDir: deep, log: silentLog });
    const [connection] = await query<{ tcp: boolean }>(server.url, 'select inet_server_addr() is not null as tcp');
    await server.close();
    expect(connection).to.deep.equal({ tcp: true });
  });

  it('shares one server between processes; the last one out stops it', async () => {
    const other = await holder();
    const server = await open();
    expect(server.attached).to.equal(true);
    expect(server.url).to.equal(other.url);
    other.child.kill('SIGTERM');
    await ended(other.child);
    expect(await query(server.url, 'select n from kept')).to.deep.equal([{ n: 1 }]);
    await server.close();
    expect(isAlive(server.pid)).to.equal(false);
  });

  it('lets three processes start at once', async () => {
    const all = await Promise.all([holder(), holder(), open()]);
    const urls = new Set(all.map(({ url }) => url));
    expect(urls.size).to.equal(1);
    expect(all.filter(({ attached }) => !attached)).to.have.length(1);
    await (all[2] as EmbeddedPostgres).close();
  });

  it('attaches again after its parent was killed', async () => {
    const other = await holder();
    other.child.kill('SIGKILL');
    await ended(other.child);
    const server = await open();
    expect(server.attached).to.equal(true);
    expect(await query(server.url, 'select n from kept')).to.deep.equal([{ n: 1 }]);
    await server.close();
    expect(isAlive(server.pid)).to.equal(false);
  });

  it('attaches again when the access data say nothing of the port', async () => {
    const other = await holder();
    other.child.kill('SIGKILL');
    await ended(other.child);
    const path = join(dataDir, 'postgres.json');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), port: 1 }));
    const server = await open();
    expect(server.url).to.equal(other.url);
    await server.close();
  });

  it('recovers after the server itself was killed, and keeps what was committed', async () => {
    const server = await open();
    await query(server.url, 'insert into kept values (2)');
    process.kill(server.pid, 'SIGKILL');
    await until('the server to be back', () =>
      query<{ n: number }>(server.url, 'select n from kept').then(
        (rows) => rows.length === 2,
        () => false,
      ),
    );
    await server.close();
    expect(isAlive(server.pid)).to.equal(false);
  });

  it('sets a new password when the access data are lost', async () => {
    rmSync(join(dataDir, 'postgres.json'));
    const server = await open();
    expect(await query(server.url, 'select n from kept order by n')).to.deep.equal([{ n: 1 }, { n: 2 }]);
    await server.close();
  });

  it('takes over the lock file of a process that is dead, also when its number was given to another', async () => {
    writeFileSync(join(dataDir, 'postgres.lock'), JSON.stringify({ pid: process.pid, started: 'another:1', nonce: 'x' }));
    const server = await open();
    await server.close();
  });

  it('says what the server said when it does not start', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'damson-embedded-'));
    const first = await startEmbedded({ dataDir: broken, log: silentLog, unsafeFast: true });
    await first.close();
    writeFileSync(join(broken, 'postgres', 'postgresql.conf'), 'no_such_setting = 1\n');
    const error = await startEmbedded({ dataDir: broken, log: silentLog }).then(
      () => new Error('started'),
      (problem: Error) => problem,
    );
    expect(error.message).to.contain('no_such_setting');
    rmSync(broken, { recursive: true });
  });
});
