import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../src/platform/free-port.ts';
import { verifyRedis } from '../../src/platform/queue/redis-verify.ts';
import { infoOf, type OwnRedis, startPretender, startRedis } from '../support/redis.ts';
import { requireTool } from '../support/tools.ts';

/** What is told of a Redis at start, by real servers where there is one to be had. */

const PASSWORD = 'a-secret-of-this-test';

describe('a Redis at start', () => {
  const running: OwnRedis[] = [];
  const keep = (server: OwnRedis): OwnRedis => {
    running.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  /** Nothing that is told may hold the password. */
  async function told(url: string): Promise<string> {
    const problems = await verifyRedis(url);
    expect(problems.join('\n')).not.to.contain(PASSWORD);
    return problems.join('\n');
  }

  describe('with a password', () => {
    let port: number;
    beforeEach(async function () {
      ({ port } = keep(await startRedis(this, ['--requirepass', PASSWORD])));
    });

    it('has nothing to say when all is right', async () => {
      expect(await told(`redis://:${PASSWORD}@127.0.0.1:${port}/3`)).to.equal('');
    });

    it('asks for the password when there is none', async () => {
      const text = await told(`redis://127.0.0.1:${port}`);
      expect(text).to.match(/^Redis at 127\.0\.0\.1:\d+ asks for a password/);
      expect(text.split('\n')).to.have.length(1);
    });

    it('refuses a wrong password, and a user that is not there', async () => {
      for (const user of ['', 'nobody']) {
        const text = await told(`redis://${user}:${PASSWORD}-not@127.0.0.1:${port}/2`);
        expect(text).to.contain('refuses the user or the password: correct REDIS_URL');
        expect(text.split('\n')).to.have.length(1);
      }
    });

    it('does not speak TLS', async () => {
      expect(await told(`rediss://:${PASSWORD}@127.0.0.1:${port}`)).to.contain('does not speak TLS: write redis:// instead of rediss://');
    });

    it('does not have any number of databases', async () => {
      expect(await told(`redis://:${PASSWORD}@127.0.0.1:${port}/99`)).to.contain('does not have the database');
    });
  });

  it('tells a user that may do too little', async function () {
    const user = (...rights: string[]) => ['--user', 'damson', 'on', `>${PASSWORD}`, ...rights];
    const { port } = keep(await startRedis(this, user('~other:*', '+@all')));
    expect(await told(`redis://damson:${PASSWORD}@127.0.0.1:${port}`)).to.contain('may not do what Damson needs');
    const blind = keep(await startRedis(this, user('~*', '+eval')));
    expect(await told(`redis://damson:${PASSWORD}@127.0.0.1:${blind.port}`)).to.contain('may not do what Damson needs');
  });

  it('speaks TLS: only so, with a certificate that must be trusted', async function () {
    requireTool(this, 'openssl');
    const dir = await mkdtemp(join(tmpdir(), 'damson-tls-'));
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const made = spawnSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'].concat([
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        key,
        '-out',
        cert,
      ]),
    );
    expect(made.status, String(made.stderr)).to.equal(0);
    try {
      const port = await freePort('127.0.0.1');
      const tls = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'];
      keep(await startRedis(this, ['--requirepass', PASSWORD, ...tls]));
      expect(await told(`redis://:${PASSWORD}@127.0.0.1:${port}`)).to.contain('speaks TLS only: write rediss:// instead of redis://');
      expect(await told(`rediss://:${PASSWORD}@127.0.0.1:${port}`)).to.match(/certificate .* is not trusted \(\w+\): name its authority/);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  const old = { redis_version: '5.0.14', role: 'master', maxmemory_policy: 'noeviction' };

  it('is too old, and a cluster: both are told', async () => {
    const { port } = keep(await startPretender(infoOf({ ...old, cluster_enabled: '1' })));
    const text = await told(`redis://127.0.0.1:${port}`);
    expect(text.split('\n')).to.have.length(2);
    expect(text).to.contain('Redis 5.0.14 is too old: 6.2 or newer is needed').and.to.contain('cluster');
  });

  it('may be what counts its versions otherwise', async () => {
    const { port } = keep(await startPretender(infoOf({ ...old, redis_version: '7.2.4', valkey_version: '8.1.0' })));
    expect(await told(`redis://127.0.0.1:${port}`)).to.equal('');
  });

  it('is none at all', async () => {
    const web = keep(await startPretender(() => 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
    expect(await told(`redis://127.0.0.1:${web.port}`)).to.contain('does not answer like a Redis');
    const empty = keep(await startPretender(infoOf({ other_version: '1' })));
    expect(await told(`redis://127.0.0.1:${empty.port}`)).to.contain('does not answer like a Redis');
    const foreign = keep(await startPretender(() => "-ERR unknown command 'INFO'\r\n"));
    expect(await told(`redis://127.0.0.1:${foreign.port}`)).to.contain('does not know the commands');
  });

  describe('that is merely away is waited for by nobody:', () => {
    it('nothing listens, or the name is not known yet', async () => {
      expect(await told(`redis://127.0.0.1:${await freePort('127.0.0.1')}`)).to.equal('');
      expect(await told('redis://no-such-host.invalid:6379')).to.equal('');
      expect(await told('rediss://no-such-host.invalid')).to.equal('');
    });

    it('it is loading', async () => {
      const { port } = keep(await startPretender(() => '-LOADING Redis is loading the dataset in memory\r\n'));
      expect(await told(`redis://127.0.0.1:${port}`)).to.equal('');
    });

    it('it breaks off', async () => {
      const { port } = keep(await startPretender((_, socket) => void socket.destroy()));
      for (const scheme of ['redis', 'rediss']) expect(await told(`${scheme}://127.0.0.1:${port}`)).to.equal('');
    });

    it('it says nothing, and we do not wait for ever', async () => {
      const { port } = keep(await startPretender(() => undefined));
      for (const scheme of ['redis', 'rediss']) {
        expect(await told(`${scheme}://127.0.0.1:${port}`)).to.equal('');
      }
      // A wait without end is what the limit of the test catches.
    }).timeout(60_000);
  });
});
