import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { ConfigError, loadConfig, variables, withPort } from '../../../config/config.ts';
import { type Env, profileEnv } from '../../../config/env.ts';

const GOOD_SECRET = 'k9Xv2mQ7pL4sR8tW1yZ6bN3cF5hJ0dGa';

function problems(env: Env): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.variable);
    throw error;
  }
  return [];
}

describe('configuration', () => {
  it('needs nothing: the embedded stack on loopback', () => {
    const config = loadConfig({});
    expect(config.http).to.include({ host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080', rateLimit: true });
    expect(config.database.kind).to.equal('embedded');
    expect(config.storage.kind).to.equal('disk');
    expect(config.roles).to.deep.equal(['web', 'worker']);
    expect(config.limits.uploadMaxBytes).to.equal(20 * 1024 ** 3);
  });

  it('cannot be changed afterwards', () => {
    const config = loadConfig({});
    expect(Object.isFrozen(config)).to.equal(true);
    expect(Object.isFrozen(config.http)).to.equal(true);
    expect(Object.isFrozen(config.http.corsOrigins)).to.equal(true);
  });

  it('tells every problem at once, in the order of the documentation, without secrets', () => {
    try {
      loadConfig({
        LOG_LEVEL: 'loud',
        PORT: '80a',
        ADMIN_PASSWORD: 'hunter2',
        CORS_ORIGINS: 'example.org',
        MEDIA_SLOTS: '0',
        SANDBOX: 'maybe',
      });
      expect.fail('must throw');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.problems.map(({ variable }) => variable)).to.deep.equal([
        'PORT',
        'CORS_ORIGINS',
        'ADMIN_PASSWORD',
        'SANDBOX',
        'MEDIA_SLOTS',
        'LOG_LEVEL',
      ]);
      expect(error.message).to.contain('given "80a", expected a whole number from 0 to 65535');
      expect(error.message).not.to.contain('hunter2');
    }
  });

  const wrong: [string, Env, string[]][] = [
    ['a port that is too large', { PORT: '65536' }, ['PORT']],
    ['a negative port', { PORT: '-1' }, ['PORT']],
    ['a public address with a path', { PUBLIC_URL: 'https://x.example/app' }, ['PUBLIC_URL']],
    ['a public address without scheme', { PUBLIC_URL: 'x.example' }, ['PUBLIC_URL']],
    ['a public address of another scheme', { PUBLIC_URL: 'javascript:alert(1)' }, ['PUBLIC_URL']],
    ['an unknown role', { ROLES: 'web,cook' }, ['ROLES']],
    ['no role', { ROLES: ',' }, ['ROLES']],
    ['a size in unknown units', { UPLOAD_MAX_BYTES: '20 parsecs' }, ['UPLOAD_MAX_BYTES']],
    ['a database of another kind, and no secret', { DATABASE_URL: 'mysql://u:p@h/d' }, ['DATABASE_URL', 'APP_SECRET']],
    ['an external database without secret', { DATABASE_URL: 'postgres://u:p@h/d' }, ['APP_SECRET']],
    ['an example as secret', { APP_SECRET: 'changeme-changeme-changeme-changeme' }, ['APP_SECRET']],
    ['a short secret', { APP_SECRET: 'k9Xv2mQ7pL4s' }, ['APP_SECRET']],
    ['a monotonous secret', { APP_SECRET: 'ab'.repeat(30) }, ['APP_SECRET']],
    ['a failpoint in production', { NODE_ENV: 'production', FAILPOINT: 'after_put:kill' }, ['FAILPOINT']],
    [
      'what later versions bring',
      { SMTP_URL: 'smtp://x', OIDC_ISSUER: 'https://i', DELIVERY_MODE: 'signed' },
      ['SMTP_URL', 'OIDC_ISSUER', 'DELIVERY_MODE'],
    ],
    ['a store without its bucket', { S3_ENDPOINT: 'http://s3:9000', S3_ACCESS_KEY_ID: 'k' }, ['S3_BUCKET']],
    ['half a credential', { S3_BUCKET: 'damson', S3_ACCESS_KEY_ID: 'k' }, ['S3_SECRET_ACCESS_KEY']],
    ['a bucket name that is none', { S3_BUCKET: 'B' }, ['S3_BUCKET']],
    ['a place for clients without a store', { S3_PUBLIC_ENDPOINT: 'https://s3.example' }, ['S3_BUCKET']],
    ['a place for clients that is none', { S3_BUCKET: 'damson', S3_PUBLIC_ENDPOINT: 'https://s3.example/path' }, ['S3_PUBLIC_ENDPOINT']],
    ['settings of a search that is not chosen', { SEARCH_FALLBACK: 'postgres' }, ['MEILI_URL']],
    ['a value and its file', { PORT: '80', PORT_FILE: '/etc/hostname' }, ['PORT']],
    ['a file that is not there', { APP_SECRET_FILE: '/nowhere/secret' }, ['APP_SECRET_FILE']],
    ['a host that is none', { HOST: 'a b' }, ['HOST']],
    ['a time limit in seconds', { DATABASE_STATEMENT_TIMEOUT_MS: '30' }, ['DATABASE_STATEMENT_TIMEOUT_MS']],
    [
      'time limits that are none, and a pool of one',
      { DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '-1', DATABASE_LOCK_TIMEOUT_MS: '10s', DATABASE_POOL_SIZE: '1' },
      ['DATABASE_POOL_SIZE', 'DATABASE_LOCK_TIMEOUT_MS', 'DATABASE_IDLE_TRANSACTION_TIMEOUT_MS'],
    ],
  ];
  for (const [what, env, expected] of wrong) it(`refuses ${what}`, () => expect(problems(env)).to.deep.equal(expected));

  it('chooses engines by what is named', () => {
    const secret = { S3_ACCESS_KEY_ID: 'k', S3_SECRET_ACCESS_KEY: 's' };
    const config = loadConfig({ S3_BUCKET: 'damson', ...secret, REDIS_URL: 'redis://r:6379', MEILI_URL: 'http://m:7700' });
    expect(config.storage).to.include({ kind: 's3', bucket: 'damson', endpoint: null, region: 'us-east-1', forcePathStyle: false });
    expect([config.queue.kind, config.search]).to.deep.equal([
      'redis',
      { kind: 'meilisearch', url: 'http://m:7700', masterKey: null, fallback: 'none' },
    ]);
    expect(JSON.stringify(config), 'no secret shows').to.not.contain('"s"');
    expect(loadConfig({}).storage.kind).to.equal('disk');
  });

  it('knows where clients reach the store', () => {
    const of = (value?: string) => {
      const { storage } = loadConfig({ S3_BUCKET: 'damson', S3_PUBLIC_ENDPOINT: value });
      return storage.kind === 's3' ? storage.publicEndpoint : undefined;
    };
    expect([of(), of('off'), of('https://s3.example'), of('http://[::1]:9000')]).to.deep.equal([
      null,
      false,
      'https://s3.example',
      'http://[::1]:9000',
    ]);
  });

  it('limits what a session of the database may take, whoever runs it', () => {
    expect(loadConfig({}).database).to.deep.include({
      poolSize: 20,
      limits: { statementTimeout: 30_000, lockTimeout: 10_000, idleInTransactionTimeout: 60_000 },
    });
    const given = { DATABASE_POOL_SIZE: '7', DATABASE_STATEMENT_TIMEOUT_MS: '5000', DATABASE_LOCK_TIMEOUT_MS: '500' };
    const chosen = { poolSize: 7, limits: { statementTimeout: 5000, lockTimeout: 500, idleInTransactionTimeout: 0 } };
    for (const where of [{}, { DATABASE_URL: 'postgres://u:p@h/d', APP_SECRET: GOOD_SECRET }])
      expect(loadConfig({ ...where, ...given, DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '0' }).database).to.deep.include(chosen);
  });

  it('takes sizes with units, flags in words, and empty values as absent', () => {
    const config = loadConfig({
      UPLOAD_MAX_BYTES: '1.5GiB',
      HOT_CACHE_BYTES: '64 MB',
      RATE_LIMIT: 'off',
      DELIVERY_STRICT: 'true',
      PORT: '',
      CORS_ORIGINS: 'https://a.example/, http://b.example:3000',
    });
    expect(config.limits.uploadMaxBytes).to.equal(1.5 * 2 ** 30);
    expect(config.delivery).to.include({ hotCacheBytes: 64_000_000, strict: true });
    expect(config.http).to.include({ rateLimit: false, port: 8080 });
    expect(config.http.corsOrigins).to.deep.equal(['https://a.example', 'http://b.example:3000']);
  });

  it('reads a value from a file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'damson-config-'));
    writeFileSync(join(dir, 'secret'), `${GOOD_SECRET}\n`);
    const config = loadConfig({ DATABASE_URL: 'postgres://u:p@h/d', APP_SECRET_FILE: join(dir, 'secret') });
    rmSync(dir, { recursive: true });
    expect(config.appSecret?.reveal()).to.equal(GOOD_SECRET);
    expect(config.database.kind === 'external' && config.database.url.reveal()).to.equal('postgres://u:p@h/d');
  });

  it('never prints a secret', () => {
    const config = loadConfig({ DATABASE_URL: 'postgres://u:hunter2@h/d', APP_SECRET: GOOD_SECRET, METRICS_TOKEN: 'metrics-token-0123' });
    for (const shown of [JSON.stringify(config), inspect(config, { depth: 9 }), `${config.appSecret}`]) {
      expect(shown).not.to.match(/hunter2|k9Xv2|metrics-token/);
    }
  });

  it('follows the real port unless the public address was given', () => {
    expect(withPort(loadConfig({ PORT: '0', HOST: '0.0.0.0' }), 4711).http.publicUrl).to.equal('http://localhost:4711');
    expect(withPort(loadConfig({ PORT: '0', HOST: '::1' }), 4711).http.publicUrl).to.equal('http://[::1]:4711');
    expect(withPort(loadConfig({ PUBLIC_URL: 'https://dam.example.org/' }), 4711).http.publicUrl).to.equal('https://dam.example.org');
  });

  it('documents every variable once', () => {
    const names = variables.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const { doc, type, group } of variables) expect([doc, type, group].every((text) => text.length > 1)).to.equal(true);
  });

  it('has profiles that name known variables and load', () => {
    for (const name of ['embedded', 'distributed', 'test'] as const) {
      const env = profileEnv(name);
      const known = new Set(variables.map((variable) => variable.name));
      expect(
        Object.keys(env).filter((key) => !known.has(key)),
        name,
      ).to.deep.equal([]);
      expect(problems(name === 'distributed' ? { ...env, APP_SECRET: GOOD_SECRET } : env), name).to.deep.equal([]);
    }
  });
});
