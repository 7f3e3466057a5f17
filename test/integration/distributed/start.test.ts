import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../../config/config.ts';
import type { Env } from '../../../config/env.ts';
import { createContainer } from '../../../src/container.ts';
import { StartError } from '../../../src/errors.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createTestDatabase } from '../../support/database.ts';
import { jpeg } from '../../support/fixtures/images.ts';
import { eventually, settled, startServer, upload } from '../../support/harness.ts';
import { startProcess } from '../../support/process.ts';
import { startRedis } from '../../support/redis.ts';

/** What is wrong is told before anything begins; what is merely away is not waited for. */

const PASSWORD = 'a-secret-of-this-test';
const APP_SECRET = 'test-secret-of-more-than-thirty-two-characters';

describe('starting on engines that will not do', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'damson-start-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  async function refusal(env: Env): Promise<string> {
    const config = loadConfig({ DATA_DIR: dataDir, APP_SECRET, NODE_ENV: 'test', LOG_LEVEL: 'silent', ...env });
    const error = await createContainer(config, { log: silentLog }).catch((failed: unknown) => failed);
    expect(error).to.be.instanceOf(StartError);
    return (error as StartError).message;
  }

  it('tells what is wrong with Redis and with the store in one go', async function () {
    const [redis, database] = [await startRedis(this, ['--requirepass', PASSWORD]), await createTestDatabase()];
    try {
      const text = await refusal({
        DATABASE_URL: database.url,
        REDIS_URL: `redis://:not-${PASSWORD}@127.0.0.1:${redis.port}`,
        S3_BUCKET: 'damson',
        S3_ENDPOINT: 'http://127.0.0.1:1',
        S3_ACCESS_KEY_ID: 'key',
        S3_SECRET_ACCESS_KEY: 'secret',
      });
      expect(text.split('\n').map((line) => line.replace(/:\d+ /, ' '))).to.deep.equal([
        'The S3 store cannot be used:',
        '  Nothing listens at http://127.0.0.1:1: start the store, or correct S3_ENDPOINT.',
        'Redis cannot be used:',
        '  Redis at 127.0.0.1 refuses the user or the password: correct REDIS_URL (redis://user:password@host:6379; special characters as %40 and so on).',
      ]);
    } finally {
      await redis.stop();
      await database.drop();
    }
  });

  it('tells what is wrong with a PostgreSQL of others', async () => {
    const database = await createTestDatabase();
    const changed = (change: (url: URL) => void): Promise<string> => {
      const url = new URL(database.url);
      url.searchParams.delete('host');
      change(url);
      return refusal({ DATABASE_URL: url.href });
    };
    try {
      expect(await changed((url) => (url.pathname = '/not_there'))).to.match(
        /^The database cannot be used:\n {2}The database "not_there" does not exist at PostgreSQL at .+: create it, or correct DATABASE_URL\.$/,
      );
      const wrong = await changed((url) => {
        url.username = 'nobody';
        url.password = PASSWORD;
      });
      expect(wrong)
        .to.match(/refuses the password of "nobody"|does not let "nobody" in/)
        .and.not.to.contain(PASSWORD);
      expect(await changed((url) => url.searchParams.set('host', '/tmp/no-such-folder'))).to.contain('Nothing listens there');
      expect(await changed((url) => (url.port = '1'))).to.contain('Nothing listens there');
      expect(await changed((url) => (url.hostname = 'no-such-host.invalid'))).to.contain('The name of the host is not known');
      expect(await changed((url) => url.searchParams.set('sslmode', 'verify-full'))).to.contain('does not speak TLS');
    } finally {
      await database.drop();
    }
  });

  it('ends a process with the list alone: no stack, no password', async function () {
    const [redis, database] = [await startRedis(this, ['--requirepass', PASSWORD]), await createTestDatabase()];
    try {
      const env = { DATABASE_URL: database.url, APP_SECRET, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'info' };
      const started = startProcess({ ...env, REDIS_URL: `redis://:not-${PASSWORD}@127.0.0.1:${redis.port}` });
      const output = await started.then(
        () => 'it started',
        (error: unknown) => String(error),
      );
      expect(output).to.contain('Redis cannot be used:\n  Redis at').and.to.contain('refuses the user or the password');
      expect(output).not.to.contain(PASSWORD);
      expect(output.slice(output.indexOf('Redis cannot be used'))).not.to.contain('    at ');
    } finally {
      await redis.stop();
      await database.drop();
    }
  }).timeout(120_000);

  it('does not wait for a Redis that is away, takes uploads, and works them when it comes', async function () {
    const first = await startRedis(this, ['--requirepass', PASSWORD]);
    await first.stop();
    const server = await startServer({ env: { REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${first.port}`, RATE_LIMIT: 'on' } });
    try {
      const { status, body } = await upload(server.api, 'away.jpg', await jpeg(64, 48));
      expect(status).to.equal(201);
      const queueState = async (): Promise<string | undefined> => {
        const ready = await server.raw('/health/ready');
        expect(ready.status).to.equal(200);
        return ((await ready.json()) as { parts: Record<string, { status: string }> }).parts['queue']?.status;
      };
      expect(await queueState()).to.equal('degraded');
      const second = await startRedis(this, ['--requirepass', PASSWORD], first.port);
      try {
        expect((await settled(server.api, body['id']))['status']).to.equal('ready');
        await eventually(async () => (await queueState()) === 'ok', {
          what: 'all being well',
        });
      } finally {
        await second.stop();
      }
    } finally {
      await server.close();
    }
  }).timeout(120_000);
});
